/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A reference to the parent is taken through a pointer that nothing protects. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

struct task_struct {
	int tgid;
	struct task_struct *parent;
	struct task_struct *real_parent;
} __attribute__((preserve_access_index));

extern struct task_struct *bpf_task_acquire(struct task_struct *p) __ksym;
extern void bpf_task_release(struct task_struct *p) __ksym;

__u32 last_parent;

SEC("tp_btf/sched_process_exec")
int BPF_PROG(on_exec, struct task_struct *task)
{
	struct task_struct *parent;

	parent = bpf_task_acquire(task->parent); /* refused */
	if (!parent)
		return 0;
	last_parent = parent->tgid;
	bpf_task_release(parent);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
