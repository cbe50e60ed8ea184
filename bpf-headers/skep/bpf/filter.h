/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_FILTER_H
#define SKEP_BPF_FILTER_H
/**
 * @file bpf/filter.h
 * Only the events of one process, one user, or one name: what --pid, --uid and --comm of a tool mean.
 *
 * @code{.c}
 * #include <skep/bpf/core.h>
 * #include <skep/bpf/filter.h>
 *
 * const volatile struct skep_filter filter;
 *
 * static __u64 execs;
 * SKEP_LICENSE("GPL");
 *
 * SEC("raw_tp/sched_process_exec")
 * int on_exec(void *ctx)
 * {
 *         if (skep_filter_accepts(&filter))
 *                 skep_atomic_add(&execs, 1);
 *         return 0;
 * }
 * @endcode
 *
 * The filter is a constant, so that the verifier drops what is not asked for: a filter that is not set
 * costs nothing.
 */
#include <skep/bpf/string.h>
#include <skep/bpf/task.h>
#include <skep/types/filter.h>

/**
 * Whether the current task is one of those that are wanted.
 *
 * @param filter a constant: `const volatile struct skep_filter filter;`
 * @return 1 or 0
 * @kernel{5.3, with bounded loops}
 */
SKEP_INLINE_ int skep_filter_accepts(const volatile struct skep_filter *filter)
{
	char comm[SKEP_COMM_BYTES];

	if (filter->pid && filter->pid != skep_current_pid())
		return 0;
	if (filter->by_uid && filter->uid != skep_current_uid())
		return 0;
	if (!filter->comm[0])
		return 1;
	skep_current_comm(comm);
	return skep_str_eq(comm, filter->comm);
}

/**
 * Whether somebody who was noted is one of those that are wanted, whoever is current: see bpf/owner.h.
 *
 * @param filter a constant: `const volatile struct skep_filter filter;`
 * @param who    as skep_current_who() said it then; NULL, nobody known, is wanted where everybody is
 * @return 1 or 0
 * @kernel{5.3, with bounded loops}
 */
SKEP_INLINE_ int skep_filter_accepts_who(const volatile struct skep_filter *filter,
					 const struct skep_who *who)
{
	if (!filter->pid && !filter->by_uid && !filter->comm[0])
		return 1;
	if (!who || (filter->pid && filter->pid != who->pid) ||
	    (filter->by_uid && filter->uid != who->uid))
		return 0;
	return !filter->comm[0] || skep_str_eq(who->comm, filter->comm);
}

#endif
