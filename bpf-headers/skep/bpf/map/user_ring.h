/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_MAP_USER_RING_H
#define SKEP_BPF_MAP_USER_RING_H
/**
 * @file bpf/map/user_ring.h
 * Records from user space, drained by a program. Part of bpf/map.h.
 *
 * @code{.c}
 * struct command {
 *         __u32 uid;
 * };
 *
 * SKEP_USER_RINGBUF(commands, struct command, 4096);
 *
 * static __u64 sum;
 *
 * SKEP_ON_USER_RECORD(on_command, commands, c, __u64, total)
 * {
 *         *total += c->uid;
 *         return 0;
 * }
 *
 * skep_user_ring_drain(&commands, on_command, &sum);
 * @endcode
 *
 * A record that is shorter than T is not given to the function, and counted as discarded.
 */
#include <skep/bpf/map/kind.h>

/**
 * A ring of `bytes` (a power of two, and a multiple of the page size) in which user space
 * writes records T. In user space: `SKEP_USER_RING(T)`. @kernel{6.1}
 */
#define SKEP_USER_RINGBUF(name, T, bytes, ...)                                                     \
	struct skep_ring_counts name##__counts SEC(".data.skep");                                  \
	struct {                                                                                   \
		T (*type)[BPF_MAP_TYPE_USER_RINGBUF];                                              \
		int (*max_entries)[bytes];                                                         \
		__VA_ARGS__ _Static_assert((bytes) >= 4096 && !((bytes) & ((bytes)-1)),            \
					   "skep: a ring's size is a power of two of at least "    \
					   "4096");                                                \
	} name SEC(".maps")

/**
 * A function for skep_user_ring_drain(): `const T *record`, `C *ctx`, and a body, which returns
 * 0 to go on and 1 to stop. `ring` is the ring's name. @kernel{6.1, SKEP_USER_RINGBUF()}
 */
#define SKEP_ON_USER_RECORD(fn, ring, record, C, ctx)                                              \
	SKEP_INLINE_ long fn(const typeof((*ring.type)[0]) *record, C *ctx);                       \
	__attribute__((unused)) static long fn##__record(struct bpf_dynptr *skep_record_,          \
							 void *skep_ctx_)                          \
	{                                                                                          \
		const typeof((*ring.type)[0]) *skep_r_ =                                           \
			bpf_dynptr_data(skep_record_, 0, sizeof(*skep_r_));                        \
		if (!skep_r_) {                                                                    \
			__sync_fetch_and_add(&ring##__counts.discarded, 1);                        \
			return 0;                                                                  \
		}                                                                                  \
		return fn(skep_r_, skep_ctx_);                                                     \
	}                                                                                          \
	SKEP_INLINE_ long fn(const typeof((*ring.type)[0]) *record, __attribute__((unused)) C *ctx)

/**
 * Calls a function of SKEP_ON_USER_RECORD() for each record that is there, at most 128 Ki of them.
 * @return how many were drained, also short ones; -EBUSY when another program drains, -EINVAL
 *         or -E2BIG when user space wrote what is no record
 * @kernel{6.1}
 */
#define skep_user_ring_drain(map, fn, ctx)                                                         \
	(SKEP_NEED_(map, SKEP_BIT_(USER_RINGBUF),                                                  \
		    "skep: this is not a ring of SKEP_USER_RINGBUF()"),                            \
	 SKEP_REQUIRE_(__builtin_types_compatible_p(                                               \
			       typeof(fn), long(const typeof((*(map)->type)[0]) *, typeof(ctx))),  \
		       "skep: this is not a SKEP_ON_USER_RECORD() of this ring and context"),      \
	 bpf_user_ringbuf_drain((map), fn##__record, (ctx), 0))

#endif
