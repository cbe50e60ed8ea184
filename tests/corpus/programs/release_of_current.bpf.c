/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The current task is released, which nobody took a reference to. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

struct task_struct {
	int tgid;
} __attribute__((preserve_access_index));

extern void bpf_task_release(struct task_struct *p) __ksym;

__u32 last;

SEC("tp_btf/sched_process_exit")
int BPF_PROG(on_exit, struct task_struct *task)
{
	struct task_struct *current = bpf_get_current_task_btf(); /* cause */

	last = current->tgid;
	bpf_task_release(current); /* refused */
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
