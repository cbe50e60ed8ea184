/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Fields that no kernel has. The compiler puts their offsets before other lines' code. */
#include <skep/bpf/core.h>
#include <bpf/bpf_core_read.h>

SKEP_LICENSE("GPL");

struct cred {
	int skepload_gone;
} __attribute__((preserve_access_index));

struct task_struct {
	int pid, skepload_gone;
	const struct cred *cred;
} __attribute__((preserve_access_index));

SEC("raw_tp/sched_process_exec")
int reads_one(void *ctx)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	int pid = BPF_CORE_READ(task, pid);

	if (pid < 10)
		return 0;
	return BPF_CORE_READ(task, skepload_gone); /* place */
}

SEC("raw_tp/sched_process_exec")
int reads_deep(void *ctx)
{
	struct task_struct *task = (void *)bpf_get_current_task();

	return BPF_CORE_READ(task, cred, skepload_gone);
}
