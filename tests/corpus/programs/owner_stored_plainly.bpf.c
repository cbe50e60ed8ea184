/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A task is stored in a map with a plain assignment. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

struct task_struct {
	int pid;
	int tgid;
} __attribute__((preserve_access_index));

struct lease {
	__u64 since;
	__u32 tgid;
	struct task_struct __kptr *owner;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 16);
	__type(key, __u32);
	__type(value, struct lease);
} leases SEC(".maps");

SEC("tp_btf/sched_process_exec")
int BPF_PROG(take_lease, struct task_struct *p)
{
	struct task_struct *task = bpf_get_current_task_btf();
	__u32 slot = task->tgid & 15;
	struct lease *l = bpf_map_lookup_elem(&leases, &slot);

	if (!l)
		return 0;
	l->since = bpf_ktime_get_ns();
	l->tgid = task->tgid;
	l->owner = task; /* refused */
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
