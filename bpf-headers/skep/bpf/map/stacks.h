/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_MAP_STACKS_H
#define SKEP_BPF_MAP_STACKS_H
/**
 * @file bpf/map/stacks.h
 * Stack traces, each kept once, under a number. Part of bpf/map.h.
 *
 * @code{.c}
 * SKEP_STACK_TRACE(stacks, 64, 1024);
 *
 * long id = skep_stack_id(ctx, &stacks, BPF_F_USER_STACK);
 *
 * if (id >= 0)
 *         e->pid = id;
 * @endcode
 */
#include <skep/bpf/map/kind.h>

#define SKEP_DEPTH_(depth)                                                                         \
	_Static_assert((depth) >= 1 && (depth) <= 127,                                             \
		       "skep: stacks have a depth of 1 to 127 (sysctl kernel.perf_event_max_"      \
		       "stack)");

/**
 * At most `entries` stacks of up to `depth` addresses. In user space: `SKEP_STACKS()`.
 * @kernel{4.6}
 */
#define SKEP_STACK_TRACE(name, depth, entries, ...)                                                \
	SKEP_MAP_DEFINE_(name, SKEP_MEMBERS_(BPF_MAP_TYPE_STACK_TRACE, __u32, __u64[depth],        \
					     entries, __VA_ARGS__) SKEP_DEPTH_(depth))

/**
 * SKEP_STACK_TRACE() where addresses of user space are build id and offset: they mean something
 * after the process is gone. For BPF_F_USER_STACK only. In user space: `SKEP_STACKS()`.
 * @kernel{4.17, commit 615755a77b24}
 */
#define SKEP_STACK_TRACE_BUILD_ID(name, depth, entries)                                            \
	SKEP_MAP_DEFINE_(name,                                                                     \
			 SKEP_MEMBERS_(BPF_MAP_TYPE_STACK_TRACE, __u32,                            \
				       struct bpf_stack_build_id[depth], entries,                  \
				       SKEP_MAP_FLAGS(BPF_F_STACK_BUILD_ID)) SKEP_DEPTH_(depth))

/**
 * The number of the current stack: `flags` is BPF_F_USER_STACK for user space's, else the
 * kernel's, with how many frames to skip in its lowest byte; BPF_F_FAST_STACK_CMP compares
 * hashes alone, and BPF_F_REUSE_STACKID overwrites what has the same number.
 * @return the number, for user space to look up; -EEXIST when another stack has it, -EFAULT
 *         without frames
 * @kernel{4.6}
 */
#define skep_stack_id(ctx, map, flags)                                                             \
	(SKEP_NEED_(map, SKEP_BIT_(STACK_TRACE), "skep: this is not a map of SKEP_STACK_TRACE()"), \
	 bpf_get_stackid((ctx), (map), (flags)))

#endif
