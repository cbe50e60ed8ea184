/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The CPU of a task is read where it was before Linux 5.16. */
#include <linux/bpf.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

struct task_struct {
	unsigned int cpu;
	int tgid;
} __attribute__((preserve_access_index));

__u64 woken[64];

SEC("tp_btf/sched_wakeup")
int BPF_PROG(on_wakeup, struct task_struct *task)
{
	__u32 cpu = task->cpu; /* refused */

	if (cpu < 64)
		__sync_fetch_and_add(&woken[cpu], 1);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
