/* SPDX-License-Identifier: 0BSD */
/* One way to do it. */
#include <skep/bpf/core.h>
#include <bpf/bpf_core_read.h>

SKEP_LICENSE("GPL");

struct task_struct {
	unsigned int __state;
	int pid;
} __attribute__((preserve_access_index));

struct task_struct___before_5_14 {
	long state;
} __attribute__((preserve_access_index));

SEC("raw_tp/sys_enter")
int task_state(void *ctx)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct task_struct___before_5_14 *older = (void *)task;

	if (bpf_core_field_exists(task->__state))
		return BPF_CORE_READ(task, __state);
	if (bpf_core_field_exists(older->state))
		return BPF_CORE_READ(older, state);
	return -1;
}
