/* SPDX-License-Identifier: 0BSD */
/*
 * Following the kernel's pointers
 *
 * bpf_get_current_task() is the address of the kernel's own struct for the process that runs: a number,
 * again, which a program may not follow as it is.
 *
 * To do: on_call() writes to `parent` the name of the process's parent: its `comm`.
 */
#include <skep/bpf/core.h>
#include <bpf/bpf_core_read.h>

SKEP_LICENSE("GPL");

/* As much of the kernel's struct as is used here. */
struct task_struct {
	struct task_struct *real_parent;
	char comm[16];
} __attribute__((preserve_access_index));

char parent[16];

SEC("raw_tp/sys_enter")
int on_call(void *ctx)
{
	struct task_struct *task = (void *)bpf_get_current_task();

	__builtin_memcpy(parent, task->real_parent->comm, sizeof(parent));
	return 0;
}
