/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The walk up the parents gives up after 64 generations. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct task_struct {
	int pid;
	int tgid;
	struct task_struct *real_parent;
} __attribute__((preserve_access_index));

struct ancestry {
	__u32 tgid;
	__u32 top_tgid;
	__u64 when;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, __u32);
	__type(value, struct ancestry);
} ancestries SEC(".maps");

SEC("raw_tp/sched_process_exec")
int remember_top(void *ctx)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct task_struct *top = task;
	struct ancestry a = {};
	int generation;

	a.when = bpf_ktime_get_ns();
	a.tgid = task->tgid;
	for (generation = 0; generation < 64 && task->tgid != 1; generation++) {
		top = task;
		task = task->real_parent;
	}
	a.top_tgid = top->tgid;
	bpf_map_update_elem(&ancestries, &a.tgid, &a, BPF_ANY);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
