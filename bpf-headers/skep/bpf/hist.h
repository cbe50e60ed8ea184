/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_HIST_H
#define SKEP_BPF_HIST_H
/**
 * @file bpf/hist.h
 * Histograms: how values are distributed, kept in the kernel, one for each CPU.
 *
 * @code{.c}
 * #include <skep/bpf/core.h>
 * #include <skep/bpf/hist.h>
 *
 * SKEP_HIST_LOG2(read_bytes);
 * SKEP_HIST_LINEAR(temperature, -20, 2);
 * SKEP_HIST_LOG2_BY(read_bytes_of, __u32, 10240);
 *
 * __u32 uid = skep_current_uid();
 * __u64 len = 100;
 *
 * skep_hist_add(&read_bytes, len);
 * skep_hist_add(&temperature, -3);
 * skep_hist_add_to(&read_bytes_of, &uid, len);
 * @endcode
 *
 * 64 slots each: of log2 ones a slot for each power of two (0; 1; 2 and 3; 4 to 7; ...), of linear
 * ones 62 of equal width, and one for what is below and what is above. Count, sum, least and most
 * are kept too. User space merges the CPUs' and has percentiles: skep_hist_get() in skep/hist.h.
 *
 * An addition is a lookup and 70 instructions (linear 45); no atomics, no loop. A program that interrupts another
 * inside of it, on the same CPU, may cost one of the two counts. 560 bytes for each CPU and key.
 *
 * @kernel{4.6}
 */
#include <skep/bpf/map/keyed.h>

/** @cond */
struct skep_hist_shape_ {
	__s64 from;
	__u64 width;
};

/* The shape is a constant where it is used: nobody reads it at run time. */
#define SKEP_HIST_(name, from_, width_, kind, K, entries)                                          \
	static const struct skep_hist_shape_ name##__shape                                         \
		__attribute__((unused)) = { (from_), (width_) };                                   \
	SKEP_MAP_DEFINE_(name, SKEP_MEMBERS_(kind, K, struct skep_hist, entries, ))
#define SKEP_HIST_WIDTH_(width)                                                                    \
	_Static_assert((width) > 0, "skep: a slot of a histogram has a width of at least 1");

/* The number of bits that `v` needs: 0 of 0, 64 at most. No loop, no branch. */
SKEP_INLINE_ __u32 skep_bits_(__u64 v)
{
	__u32 bits = 0, more;

	more = (v > 0xffffffff) << 5, v >>= more, bits += more;
	more = (v > 0xffff) << 4, v >>= more, bits += more;
	more = (v > 0xff) << 3, v >>= more, bits += more;
	more = (v > 0xf) << 2, v >>= more, bits += more;
	more = (v > 3) << 1, v >>= more, bits += more;
	return bits + (v > 1 ? 2 : (__u32)v);
}

SKEP_INLINE_ __u64 skep_hist_slot_(__u64 v, struct skep_hist_shape_ shape)
{
	if (!shape.width)
		return skep_bits_(v);
	if ((__s64)v < shape.from)
		return 0;
	v = (v - (__u64)shape.from) / shape.width;
	return v < 63 ? v + 1 : 63;
}

SKEP_INLINE_ int skep_hist_above_(__u64 a, __u64 b, struct skep_hist_shape_ shape)
{
	return shape.width ? (__s64)a > (__s64)b : a > b;
}

SKEP_INLINE_ void skep_hist_count_(struct skep_hist *h, __u64 v, struct skep_hist_shape_ shape)
{
	__u64 slot = skep_hist_slot_(v, shape);

	if (!h->count) {
		h->from = shape.from;
		h->width = shape.width;
		h->least = h->most = v;
	}
	h->count++;
	h->sum += v;
	if (skep_hist_above_(h->least, v, shape))
		h->least = v;
	if (skep_hist_above_(v, h->most, shape))
		h->most = v;
	/* The compiler may not reason about it, so that the verifier can. */
	asm volatile("" : "+r"(slot));
	if (slot > 63)
		slot = 63;
	h->slots[slot]++;
}

static const struct skep_hist skep_hist_none_ __attribute__((unused));

/* A hash takes its first value from read-only memory: 560 bytes would not fit the stack. */
SKEP_INLINE_ struct skep_hist *skep_hist_of_(void *map, const void *key)
{
	struct skep_hist *h = bpf_map_lookup_elem(map, key);

	if (h)
		return h;
	bpf_map_update_elem(map, key, &skep_hist_none_, BPF_NOEXIST);
	return bpf_map_lookup_elem(map, key);
}

#define SKEP_NEED_HIST_(map, kinds, sentence)                                                      \
	(SKEP_NEED_(map, kinds, sentence),                                                         \
	 SKEP_REQUIRE_(SKEP_SAME_((map)->value, (struct skep_hist *)0), sentence))
/** @endcond */

/**
 * A histogram by powers of two. What is 2^62 and more is in the last slot. @kernel{4.6}
 */
#define SKEP_HIST_LOG2(name) SKEP_HIST_(name, 0, 0, BPF_MAP_TYPE_PERCPU_ARRAY, __u32, 1)

/**
 * A histogram of 62 slots, each `width` wide, of which the first begins at `from`, which may be
 * negative: both are constants. Values have a sign. @kernel{4.6}
 */
#define SKEP_HIST_LINEAR(name, from, width)                                                        \
	SKEP_HIST_WIDTH_(width)                                                                    \
	SKEP_HIST_(name, from, width, BPF_MAP_TYPE_PERCPU_ARRAY, __u32, 1)

/** SKEP_HIST_LOG2() for each of at most `entries` keys K. @kernel{4.6} */
#define SKEP_HIST_LOG2_BY(name, K, entries)                                                        \
	SKEP_HIST_(name, 0, 0, BPF_MAP_TYPE_PERCPU_HASH, K, entries)

/** SKEP_HIST_LINEAR() for each of at most `entries` keys K. @kernel{4.6} */
#define SKEP_HIST_LINEAR_BY(name, K, entries, from, width)                                         \
	SKEP_HIST_WIDTH_(width)                                                                    \
	SKEP_HIST_(name, from, width, BPF_MAP_TYPE_PERCPU_HASH, K, entries)

/**
 * Adds a value to a histogram of SKEP_HIST_LOG2() or SKEP_HIST_LINEAR(). `hist` is `&name`.
 * @kernel{4.6}
 */
#define skep_hist_add(hist, value)                                                                 \
	({                                                                                         \
		SKEP_NEED_HIST_(hist, SKEP_BIT_(PERCPU_ARRAY),                                     \
				"skep: this is not a SKEP_HIST_LOG2() or SKEP_HIST_LINEAR()");     \
		__u32 skep_key_ = 0;                                                               \
		struct skep_hist *skep_hist_ = bpf_map_lookup_elem((hist), &skep_key_);            \
		if (skep_hist_)                                                                    \
			skep_hist_count_(skep_hist_, (value), *(hist##__shape));                   \
	})

/**
 * Adds a value to the histogram of `*key`, which is made where there is none. `hist` is `&name` of
 * SKEP_HIST_LOG2_BY() or SKEP_HIST_LINEAR_BY().
 * @return 0, or -E2BIG when there are as many keys as there may be
 * @kernel{4.6}
 */
#define skep_hist_add_to(hist, key, value)                                                         \
	({                                                                                         \
		SKEP_NEED_HIST_(                                                                   \
			hist, SKEP_BIT_(PERCPU_HASH),                                              \
			"skep: this is not a SKEP_HIST_LOG2_BY() or SKEP_HIST_LINEAR_BY()");       \
		struct skep_hist *skep_hist_ = skep_hist_of_((hist), SKEP_KEY_(hist, key));        \
		if (skep_hist_)                                                                    \
			skep_hist_count_(skep_hist_, (value), *(hist##__shape));                   \
		skep_hist_ ? 0 : -7;                                                               \
	})

#endif
