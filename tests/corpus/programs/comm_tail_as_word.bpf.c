/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The last word of a task's name is read where half of it lies behind the name. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#define COMM_LEN 20

struct task_struct {
	int pid;
	char comm[COMM_LEN];
} __attribute__((preserve_access_index));

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u64);
	__type(value, __u64);
} execs SEC(".maps");

SEC("tp_btf/sched_process_exec")
int BPF_PROG(on_exec, struct task_struct *task)
{
	__u64 tail = *(__u64 *)&task->comm[COMM_LEN - 8]; /* refused */
	__u64 one = 1, *n = bpf_map_lookup_elem(&execs, &tail);

	if (n)
		__sync_fetch_and_add(n, 1);
	else
		bpf_map_update_elem(&execs, &tail, &one, BPF_ANY);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
