/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* It is read where it is now. */
#include <linux/bpf.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

struct thread_info {
	unsigned int cpu;
} __attribute__((preserve_access_index));

struct task_struct {
	struct thread_info thread_info;
	int tgid;
} __attribute__((preserve_access_index));

__u64 woken[64];

SEC("tp_btf/sched_wakeup")
int BPF_PROG(on_wakeup, struct task_struct *task)
{
	__u32 cpu = task->thread_info.cpu;

	if (cpu < 64)
		__sync_fetch_and_add(&woken[cpu], 1);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
