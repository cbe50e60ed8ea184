/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_TYPES_FILTER_H
#define SKEP_TYPES_FILTER_H
/**
 * @file types/filter.h
 * Whose events a tool wants: a constant of its BPF program, which user space sets before load. User
 * space and BPF programs may include it.
 *
 * @code{.c}
 * #include <skep/types/filter.h>
 *
 * const struct skep_filter only_root = { .uid = 0, .by_uid = 1 };
 * @endcode
 *
 * skep_filter_accepts() of bpf/filter.h asks it, skep_tool_filter() of tool.h fills it from --pid,
 * --uid and --comm.
 */
#include <skep/types.h>

/** Whose events are wanted. All zero: everybody's. Each that is set must be met. */
struct skep_filter {
	__u32 pid;                  /**< the process; 0: each */
	__u32 uid;                  /**< the user, where `by_uid` is set */
	__u32 by_uid;               /**< not 0: `uid` counts */
	char comm[SKEP_COMM_BYTES]; /**< the name of the task, as the kernel has it; "": each */
};

#endif
