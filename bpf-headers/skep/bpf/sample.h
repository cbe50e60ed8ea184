/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_SAMPLE_H
#define SKEP_BPF_SAMPLE_H
/**
 * @file bpf/sample.h
 * Only some of many: one of n, by chance, by count or by key, or one in a while.
 *
 * @code{.c}
 * #include <skep/bpf/sample.h>
 *
 * SKEP_SAMPLER(calls);
 *
 * if (!skep_sample_every(&calls, 100))
 *         return 0;
 * if (!skep_sample_key(bpf_get_current_uid_gid(), 16))
 *         return 0;
 * if (!skep_sample_period(&calls, 1000000))
 *         return 0;
 * @endcode
 *
 * - skep_sample_random(): each with the same chance. A helper's call, no state.
 * - skep_sample_every(): exactly each n-th on its CPU. A lookup and 15 instructions. What comes in a fixed rhythm may
 *   keep step with it: then by chance.
 * - skep_sample_key(): all with the same key, or none: whole connections, whole processes. Twelve
 *   instructions, and the same answer on every CPU and in every program.
 * - skep_sample_period(): at most one in a time, on each CPU. A lookup and the clock.
 *
 * With n = 1 everything is taken, with n = 0 nothing: so n may be a constant of user space's, by
 * which sampling is turned off. To estimate how many there were, multiply by n, or look at
 * skep_sample_seen().
 *
 * @kernel{4.6, samplers}
 */
#include <skep/bpf/map/keyed.h>

/** What a sampler has seen on a CPU; the value of SKEP_SAMPLER()'s map. */
struct skep_sampler {
	__u64 seen;  /**< how many it was asked for */
	__u64 taken; /**< how many of them it took */
	__u64 next;  /**< skep_sample_every(): how many it leaves out before the next it takes */
	__u64 until; /**< skep_sample_period(): before this time it takes none */
};

/** @cond */
SKEP_INLINE_ int skep_sample_every_(struct skep_sampler *s, __u64 n)
{
	if (!s)
		return 0;
	s->seen++;
	if (!n)
		return 0;
	/* n may have become smaller since. */
	if (s->next && s->next < n) {
		s->next--;
		return 0;
	}
	s->next = n - 1;
	s->taken++;
	return 1;
}

SKEP_INLINE_ int skep_sample_period_(struct skep_sampler *s, __u64 now, __u64 period_ns)
{
	if (!s)
		return 0;
	s->seen++;
	if (now < s->until)
		return 0;
	s->until = now + period_ns;
	s->taken++;
	return 1;
}

#define SKEP_SAMPLER_(map)                                                                         \
	({                                                                                         \
		SKEP_REQUIRE_(SKEP_SAME_((map)->value, (struct skep_sampler *)0),                  \
			      "skep: this is not a SKEP_SAMPLER()");                               \
		__u32 skep_key_ = 0;                                                               \
		(struct skep_sampler *)bpf_map_lookup_elem((map), &skep_key_);                     \
	})
/** @endcond */

/**
 * A sampler, for one place in a program: counts for each CPU. In user space:
 * `SKEP_PERCPU_MAP(__u32, struct ...)`. @kernel{4.6}
 */
#define SKEP_SAMPLER(name) SKEP_PERCPU_ARRAY(name, struct skep_sampler, 1)

/**
 * Whether to take this one: by chance, one of `n`.
 *
 * @param n of how many; 1 all, 0 none
 * @return whether
 * @kernel{4.1}
 */
SKEP_INLINE_ int skep_sample_random(__u32 n)
{
	/* The upper half of the product is below n, each number as often: no division. */
	return n && ((__u64)bpf_get_prandom_u32() * n) >> 32 == 0;
}

/**
 * Whether to take this one: by its key, one key of `n`.
 *
 * @param key any number: a pid, a hash of a connection
 * @param n   of how many; 1 all, 0 none
 * @return whether; the same for the same key and n
 */
SKEP_INLINE_ int skep_sample_key(__u64 key, __u32 n)
{
	/* Neighbours must not go together: multiply, and take the bits that all others stir. */
	key *= 0x9e3779b97f4a7c15ULL;
	key ^= key >> 32;
	key *= 0xd6e8feb86659fd93ULL;
	return n && ((key >> 32) * n) >> 32 == 0;
}

/**
 * Whether to take this one: the first, and then each `n`-th on this CPU. 1 all, 0 none. `sampler`
 * is `&name`. @kernel{4.6}
 */
#define skep_sample_every(sampler, n) skep_sample_every_(SKEP_SAMPLER_(sampler), (n))

/**
 * Whether to take this one: the first, and then the first that comes after `period_ns` nanoseconds,
 * on this CPU. `sampler` is `&name`. @kernel{4.6}
 */
#define skep_sample_period(sampler, period_ns)                                                     \
	skep_sample_period_(SKEP_SAMPLER_(sampler), bpf_ktime_get_ns(), (period_ns))

/** How many this CPU's sampler was asked for; `sampler` is `&name`. @kernel{4.6} */
#define skep_sample_seen(sampler)                                                                  \
	({                                                                                         \
		struct skep_sampler *skep_sampler_ = SKEP_SAMPLER_(sampler);                       \
		skep_sampler_ ? skep_sampler_->seen : 0;                                           \
	})

#endif
