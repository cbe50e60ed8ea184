/* SPDX-License-Identifier: 0BSD */
/*
 * CO-RE: the same field on every kernel
 *
 * Where a field lies differs from kernel to kernel. clang can write down which field is meant, so that
 * the loader fills in the place that it has on this kernel ("compile once, run everywhere"). Below,
 * that is not asked for: the program runs, and reads something else.
 *
 * To do: on_call() writes to `leader` the name of the first thread of the process that runs.
 */
#include <skep/bpf/core.h>
#include <bpf/bpf_core_read.h>

SKEP_LICENSE("GPL");

/* As much of the kernel's struct as is used here. */
struct task_struct {
	struct task_struct *group_leader;
	char comm[16];
};

char leader[16];

SEC("raw_tp/sys_enter")
int on_call(void *ctx)
{
	struct task_struct *task = (void *)bpf_get_current_task(), *first = NULL;

	bpf_probe_read_kernel(&first, sizeof(first), &task->group_leader);
	bpf_probe_read_kernel(leader, sizeof(leader), &first->comm);
	return 0;
}
