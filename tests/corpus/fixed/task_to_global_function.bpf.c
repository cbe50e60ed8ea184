/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

struct task_struct {
	int pid;
	int tgid;
	int prio;
	unsigned int flags;
} __attribute__((preserve_access_index));

struct priority {
	__u64 wakeups;
	__s32 lowest;
	__s32 highest;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, __u32);
	__type(value, struct priority);
} priorities SEC(".maps");

static __noinline int record_priority(struct task_struct *task)
{
	struct priority *known, fresh = { .wakeups = 1 };
	__u32 pid;
	int prio;

	if (!task)
		return 0;
	pid = BPF_CORE_READ(task, pid);
	prio = BPF_CORE_READ(task, prio);
	known = bpf_map_lookup_elem(&priorities, &pid);
	if (!known) {
		fresh.lowest = fresh.highest = prio;
		return bpf_map_update_elem(&priorities, &pid, &fresh, BPF_NOEXIST);
	}
	known->wakeups++;
	if (prio < known->lowest)
		known->lowest = prio;
	if (prio > known->highest)
		known->highest = prio;
	return 0;
}

SEC("raw_tp/sched_wakeup")
int on_wakeup(struct bpf_raw_tracepoint_args *ctx)
{
	struct task_struct *task = (struct task_struct *)ctx->args[0];

	record_priority(task);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
