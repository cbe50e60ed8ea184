/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The priority of a task is written through its pointer. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

struct task_struct {
	int tgid;
	int static_prio;
} __attribute__((preserve_access_index));

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 256);
	__type(key, __u32);
	__type(value, int);
} priorities SEC(".maps");

SEC("tp_btf/sched_process_exec")
int BPF_PROG(on_exec, struct task_struct *task)
{
	__u32 tgid = task->tgid;
	int *priority = bpf_map_lookup_elem(&priorities, &tgid);

	if (priority)
		task->static_prio = *priority; /* refused */
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
