/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The key holds the number of the thread. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

struct task_struct {
	int pid;
} __attribute__((preserve_access_index));

struct key {
	__u64 task;
	__u32 cpu;
	__u32 kind;
};

__u64 buckets[64];

static __noinline __u32 hash(const __u32 *words)
{
	__u32 h = 2166136261;

	for (int i = 0; i < 4; i++)
		h = (h ^ words[i]) * 16777619;
	return h;
}

SEC("tp_btf/sched_wakeup")
int BPF_PROG(on_wakeup, struct task_struct *task)
{
	struct key key = {
		.task = task->pid,
		.cpu = bpf_get_smp_processor_id(),
		.kind = 1,
	};

	buckets[hash((__u32 *)&key) & 63]++;
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
