/* SPDX-License-Identifier: 0BSD */
/* One way to do it. */
#include <skep/bpf/core.h>
#include <bpf/bpf_core_read.h>

SKEP_LICENSE("GPL");

struct task_struct {
	struct task_struct *real_parent;
	char comm[16];
} __attribute__((preserve_access_index));

char parent[16];

SEC("raw_tp/sys_enter")
int on_call(void *ctx)
{
	struct task_struct *task = (void *)bpf_get_current_task();

	BPF_CORE_READ_STR_INTO(&parent, task, real_parent, comm);
	return 0;
}
