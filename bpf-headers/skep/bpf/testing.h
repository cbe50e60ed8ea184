/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_TESTING_H
#define SKEP_BPF_TESTING_H
/**
 * @file bpf/testing.h
 * Time and random numbers that a test gives: what bpf_ktime_get_ns() and its like, and
 * bpf_get_prandom_u32(), return in objects that are compiled with SKEP_TESTING. Every header of skep
 * includes it then; nothing of it is there without.
 *
 * In CMakeLists.txt `skep_add_bpf_program(app_tested SOURCES app.bpf.c DEFINES SKEP_TESTING)`, in the test
 * skep_test_set_time() of <skep/testing/inject.h>. The program is as it was:
 *
 * @code{.c}
 * if (skep_time_ns() > 5000000000)                         // or bpf_ktime_get_ns()
 *         return 1;
 * @endcode
 *
 * The source is the one that users run. A reading costs a look at a variable more, and as long as the
 * test gives nothing, it is the kernel's. On all kernels that have global variables: 5.2. What
 * <skep/bpf/shim.h> calls by number is the kernel's always.
 *
 * Include it, by any header of skep, before the first use: the helpers become macros. A pointer to a
 * helper, as for bpf_loop(), is the kernel's own.
 */
#include <skep/bpf/base.h>

/** @cond */
#ifdef SKEP_TESTING
/* Weak: objects that are linked together have one. */
volatile struct skep_injected skep_injected __attribute__((weak)) SEC(".data.skep_test");

SKEP_INLINE_ __u64 skep_injected_time_(void)
{
	__u64 now = skep_injected.time_ns;

	skep_injected.time_ns = now + skep_injected.step_ns;
	return now;
}

SKEP_INLINE_ __u32 skep_injected_random_(void)
{
	__u64 next = skep_injected.random_next;

	/* The second comparison is for the verifier, whatever user space has written. */
	if (next >= skep_injected.random_count || next >= 64)
		next = 0;
	skep_injected.random_next = next + 1;
	return skep_injected.random[next];
}

#define SKEP_INJECTED_TIME_(helper) (skep_injected.has_time ? skep_injected_time_() : (helper)())

#define bpf_ktime_get_ns() SKEP_INJECTED_TIME_(bpf_ktime_get_ns)

#define bpf_ktime_get_boot_ns() SKEP_INJECTED_TIME_(bpf_ktime_get_boot_ns)

#define bpf_ktime_get_coarse_ns() SKEP_INJECTED_TIME_(bpf_ktime_get_coarse_ns)

#define bpf_ktime_get_tai_ns() SKEP_INJECTED_TIME_(bpf_ktime_get_tai_ns)

#define bpf_get_prandom_u32()                                                                      \
	(skep_injected.random_count ? skep_injected_random_() : (bpf_get_prandom_u32)())
#endif
/** @endcond */

#endif
