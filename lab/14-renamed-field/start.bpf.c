/* SPDX-License-Identifier: 0BSD */
/*
 * A field that has another name elsewhere
 *
 * Linux 5.14 renamed `state` of task_struct to `__state`. A tool for many kernels knows both, and asks
 * which one is there. Asking costs nothing: the loader answers, before the program runs.
 *
 * To do: task_state() returns the state of the process that runs, on kernels before and after that.
 * The check also looks whether the object needs one of the two names without having asked.
 */
#include <skep/bpf/core.h>
#include <bpf/bpf_core_read.h>

SKEP_LICENSE("GPL");

struct task_struct {
	unsigned int __state;
	int pid;
} __attribute__((preserve_access_index));

struct task_struct___before_5_14 { /* what follows three underscores is not part of the name */
	long state;
} __attribute__((preserve_access_index));

SEC("raw_tp/sys_enter")
int task_state(void *ctx)
{
	struct task_struct___before_5_14 *task = (void *)bpf_get_current_task();

	return BPF_CORE_READ(task, state);
}
