/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The address is the key as it is. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

struct task_struct;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u64);
	__type(value, __u64);
} switched_in SEC(".maps");

SEC("tp_btf/sched_switch")
int BPF_PROG(on_switch, _Bool preempt, struct task_struct *prev, struct task_struct *next)
{
	__u64 id = (__u64)next;
	__u64 now = bpf_ktime_get_ns();

	bpf_map_update_elem(&switched_in, &id, &now, BPF_ANY);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
