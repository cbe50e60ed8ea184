/* SPDX-License-Identifier: 0BSD */
/* One way to do it. */
#include <skep/bpf/core.h>
#include <bpf/bpf_core_read.h>

SKEP_LICENSE("GPL");

struct task_struct {
	struct task_struct *group_leader;
	char comm[16];
} __attribute__((preserve_access_index));

char leader[16];

SEC("raw_tp/sys_enter")
int on_call(void *ctx)
{
	struct task_struct *task = (void *)bpf_get_current_task(), *first = NULL;

	bpf_probe_read_kernel(&first, sizeof(first), &task->group_leader);
	bpf_probe_read_kernel(leader, sizeof(leader), &first->comm);
	return 0;
}
