/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The task is not released when it is not in the map. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

struct task_struct {
	int pid;
	int tgid;
	unsigned long nvcsw;
	unsigned long nivcsw;
} __attribute__((preserve_access_index));

extern struct task_struct *bpf_task_from_pid(int pid) __ksym;
extern void bpf_task_release(struct task_struct *p) __ksym;

struct supervisor {
	__u64 voluntary;
	__u64 involuntary;
	__u32 children;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 256);
	__type(key, __u32);
	__type(value, struct supervisor);
} supervisors SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} watched SEC(".maps");

SEC("tp_btf/sched_process_fork")
int BPF_PROG(on_fork, struct task_struct *parent, struct task_struct *child) /* refused */
{
	struct supervisor *s;
	struct task_struct *t;
	__u32 zero = 0, tgid;
	__u32 *pid = bpf_map_lookup_elem(&watched, &zero);

	if (!pid)
		return 0;
	t = bpf_task_from_pid(*pid); /* cause */
	if (!t)
		return 0;
	tgid = t->tgid;
	s = bpf_map_lookup_elem(&supervisors, &tgid);
	if (!s)
		return 0;
	s->voluntary = t->nvcsw;
	s->involuntary = t->nivcsw;
	if (parent->tgid == tgid)
		s->children++;
	bpf_task_release(t);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
