/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* It is not released. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

struct task_struct {
	int tgid;
} __attribute__((preserve_access_index));

__u32 last;

SEC("tp_btf/sched_process_exit")
int BPF_PROG(on_exit, struct task_struct *task)
{
	struct task_struct *current = bpf_get_current_task_btf();

	last = current->tgid;
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
