/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The name of an iterator has one letter too many. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct task_struct {
	int tgid;
} __attribute__((preserve_access_index));

struct bpf_iter__task {
	void *meta;
	struct task_struct *task;
} __attribute__((preserve_access_index));

__u64 threads;

SEC("iter/tasks") /* cause */
int count_threads(struct bpf_iter__task *ctx)
{
	if (ctx->task)
		threads++;
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
