/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The task is the one that the hook was given. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

struct vm_area_struct {
	__u64 vm_start;
	__u64 vm_end;
} __attribute__((preserve_access_index));

struct task_struct {
	int tgid;
	struct task_struct *parent;
} __attribute__((preserve_access_index));

struct bpf_iter_task_vma {
	__u64 opaque[1];
} __attribute__((aligned(8)));

extern int bpf_iter_task_vma_new(struct bpf_iter_task_vma *it, struct task_struct *task,
				 __u64 addr) __ksym;
extern struct vm_area_struct *bpf_iter_task_vma_next(struct bpf_iter_task_vma *it) __ksym;
extern void bpf_iter_task_vma_destroy(struct bpf_iter_task_vma *it) __ksym;

__u64 bytes;

SEC("tp_btf/sched_process_exec")
int BPF_PROG(on_exec, struct task_struct *task)
{
	struct bpf_iter_task_vma it;
	struct vm_area_struct *area;

	bpf_iter_task_vma_new(&it, task, 0);
	while ((area = bpf_iter_task_vma_next(&it)))
		bytes += area->vm_end - area->vm_start;
	bpf_iter_task_vma_destroy(&it);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
