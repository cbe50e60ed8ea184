/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_TIME_H
#define SKEP_BPF_TIME_H
/**
 * @file bpf/time.h
 * What time it is, and how long something took.
 *
 * @code{.c}
 * __u64 start = skep_time_ns();
 * __u64 took = skep_time_since(start);
 * @endcode
 *
 * - skep_time_ns(): CLOCK_MONOTONIC. For durations and for the order of events; stands still while
 *   the machine sleeps.
 * - skep_time_boot_ns(): CLOCK_BOOTTIME, which goes on meanwhile. For what user space compares with
 *   its own clock, as the start of a process in /proc.
 * - skep_time_boot_or_ns(): that one where the kernel has it, else the first.
 * - skep_time_coarse_ns(): CLOCK_MONOTONIC as of the last tick, up to 10 ms ago. For timeouts and
 *   rates in programs of networking.
 *
 * The first two take 33 ns on the reference machine, the coarse one a tenth of it.
 */
#include <skep/bpf/base.h>
#include <bpf/bpf_core_read.h>

/** @cond */
enum bpf_func_id___skep_time {
	BPF_FUNC_ktime_get_boot_ns___skep_time = 125,
	BPF_FUNC_ktime_get_coarse_ns___skep_time = 160,
};
/** @endcond */

/* Whether the kernel has a helper: a number that the loader writes. */
#ifdef SKEP_NO_CORE
#define SKEP_TIME_HAS_(helper) 0
#else
#define SKEP_TIME_HAS_(helper)                                                                     \
	bpf_core_enum_value_exists(enum bpf_func_id___skep_time, BPF_FUNC_##helper##___skep_time)
#endif

/**
 * The time since boot without time asleep: CLOCK_MONOTONIC.
 *
 * @return nanoseconds
 * @kernel{4.1}
 */
SKEP_INLINE_ __u64 skep_time_ns(void)
{
	return bpf_ktime_get_ns();
}

/**
 * The time since boot with time asleep: CLOCK_BOOTTIME.
 *
 * @return nanoseconds
 * @kernel{5.8}
 */
SKEP_INLINE_ __u64 skep_time_boot_ns(void)
{
	return bpf_ktime_get_boot_ns();
}

/**
 * Whether skep_time_boot_or_ns() is CLOCK_BOOTTIME on this kernel.
 *
 * @return 1 or 0, known when the program is loaded
 * @kernel{any}
 */
SKEP_INLINE_ int skep_time_has_boot(void)
{
	return SKEP_TIME_HAS_(ktime_get_boot_ns);
}

/**
 * skep_time_boot_ns() where the kernel has it, else skep_time_ns(): the same until the machine
 * sleeps. One of them for as long as the kernel runs. Needs the kernel's BTF.
 *
 * @return nanoseconds
 * @kernel{5.8, for the helper; below it skep_time_ns()}
 */
SKEP_INLINE_ __u64 skep_time_boot_or_ns(void)
{
	return skep_time_has_boot() ? bpf_ktime_get_boot_ns() : bpf_ktime_get_ns();
}

/**
 * CLOCK_MONOTONIC as of the last tick; skep_time_ns() where the kernel has no such helper. Programs of
 * networking and cgroups may call it; those for tracing are refused (they could read it while it is
 * written). Needs the kernel's BTF.
 *
 * @return nanoseconds, at most a tick (1 to 10 ms) less than skep_time_ns()
 * @kernel{5.11, for the helper; below it skep_time_ns()}
 */
SKEP_INLINE_ __u64 skep_time_coarse_ns(void)
{
	return SKEP_TIME_HAS_(ktime_get_coarse_ns) ? bpf_ktime_get_coarse_ns() : bpf_ktime_get_ns();
}

/**
 * How long ago a time of skep_time_ns() is.
 *
 * @param start the time; one in the future, as another CPU's clock may have it, is no time ago
 * @return nanoseconds
 * @kernel{4.1}
 */
SKEP_INLINE_ __u64 skep_time_since(__u64 start)
{
	__u64 now = bpf_ktime_get_ns();

	return now > start ? now - start : 0;
}

#endif
