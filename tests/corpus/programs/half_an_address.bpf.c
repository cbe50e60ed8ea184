/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The lower half of a task's address goes into a key on the stack. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

struct task_struct;

struct key {
	__u32 task;
	__u32 cpu;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, struct key);
	__type(value, __u64);
} switches SEC(".maps");

SEC("tp_btf/sched_switch")
int BPF_PROG(on_switch, _Bool preempt, struct task_struct *prev, struct task_struct *next)
{
	struct key key = { .cpu = bpf_get_smp_processor_id() };
	__u64 one = 1, *n;

	key.task = (__u64)next; /* refused */
	n = bpf_map_lookup_elem(&switches, &key);
	if (n)
		__sync_fetch_and_add(n, 1);
	else
		bpf_map_update_elem(&switches, &key, &one, BPF_ANY);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
