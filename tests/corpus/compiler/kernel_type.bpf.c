/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A type of the kernel without vmlinux.h. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

SEC("raw_tp/sched_process_exec")
int on_exec(void *ctx)
{
	struct task_struct *task = (void *)bpf_get_current_task();

	return BPF_CORE_READ(task, pid) == 1;
}

char LICENSE[] SEC("license") = "GPL";
