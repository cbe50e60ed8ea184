/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The parent is acquired after the section of RCU that protected it. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct task_struct {
	int pid;
	int tgid;
	struct task_struct *real_parent;
} __attribute__((preserve_access_index));

extern void bpf_rcu_read_lock(void) __ksym;
extern void bpf_rcu_read_unlock(void) __ksym;
extern struct task_struct *bpf_task_acquire(struct task_struct *p) __ksym;
extern void bpf_task_release(struct task_struct *p) __ksym;

struct pair {
	__u32 tgid;
	__u32 parent;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 64);
	__type(key, __u32);
	__type(value, struct pair);
} callers SEC(".maps");

SEC("syscall")
int who_called(void *ctx)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct task_struct *parent;
	struct pair p = {};

	bpf_rcu_read_lock();
	parent = task->real_parent;
	bpf_rcu_read_unlock();             /* cause */
	parent = bpf_task_acquire(parent); /* refused */
	if (!parent)
		return 0;
	p.tgid = task->tgid;
	p.parent = parent->tgid;
	bpf_task_release(parent);
	return bpf_map_update_elem(&callers, &p.tgid, &p, BPF_ANY);
}

char LICENSE[] SEC("license") = "GPL";
