/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* From when a task is ready to run to when it runs. */
#include <skep/bpf/core.h>
#include <skep/bpf/hist.h>
#include <skep/bpf/latency.h>
#include <skep/bpf/string.h>
#include <skep/bpf/trace.h>
#include "runqlat.h"

SKEP_LICENSE("GPL");

SKEP_LATENCY_BY(waiting, __u32, 65536);  /* by thread */
SKEP_HIST_LOG2_BY(waits, struct who, 1); /* more, where main() says so */

const volatile struct skep_filter filter;
const volatile __u32 by; /* enum by */
const volatile __u64 unit_ns = 1000;
__u64 not_counted; /* there was no room for their histogram */

struct task_struct___run {
	__s32 pid;
	__s32 tgid;
	__u32 __state;
	struct task_struct___run *group_leader;
	char comm[SKEP_COMM_BYTES];
} __attribute__((preserve_access_index));

static __always_inline int on_ready(const struct task_struct___run *task)
{
	__u32 pid = BPF_CORE_READ(task, pid);

	/* 0 is a processor that has nothing to do. */
	if (pid && (!filter.pid || filter.pid == BPF_CORE_READ(task, tgid)))
		skep_latency_start_of(&waiting, &pid);
	return 0;
}

SEC("raw_tp/sched_wakeup")
int SKEP_RAW_TP(on_wakeup, const struct task_struct___run *task)
{
	return on_ready(task);
}

SEC("raw_tp/sched_wakeup_new")
int SKEP_RAW_TP(on_wakeup_new, const struct task_struct___run *task)
{
	return on_ready(task);
}

static __always_inline void count(const struct task_struct___run *task, __u32 pid, __u64 ns)
{
	struct who who = { 0 };
	char comm[SKEP_COMM_BYTES];

	BPF_CORE_READ_INTO(&comm, task, comm);
	if (filter.comm[0] && !skep_str_eq(comm, filter.comm))
		return;
	if (by == BY_PROCESS)
		BPF_CORE_READ_INTO(&comm, task, group_leader, comm);
	if (by == BY_PROCESS || by == BY_THREAD)
		who.id = by == BY_THREAD ? pid : BPF_CORE_READ(task, tgid);
	if (by != BY_ALL)
		__builtin_memcpy(who.comm, comm, sizeof(comm));
	if (skep_hist_add_to(&waits, &who, ns / unit_ns))
		__sync_fetch_and_add(&not_counted, 1);
}

SEC("raw_tp/sched_switch")
int SKEP_RAW_TP(on_switch, bool preempted, const struct task_struct___run *from,
		const struct task_struct___run *to)
{
	__u32 pid = BPF_CORE_READ(to, pid);
	__u64 ns;

	/* Who was put aside, and did not ask for it, is ready at once. */
	if (preempted || !BPF_CORE_READ(from, __state))
		on_ready(from);
	ns = pid ? skep_latency_end_of(&waiting, &pid) : 0;
	if (ns)
		count(to, pid, ns);
	return 0;
}
