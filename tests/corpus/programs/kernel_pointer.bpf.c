/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A kernel pointer from a raw tracepoint is read directly. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct task {
	long state;
	int pid;
};

SEC("raw_tp/sched_process_exec")
int on_exec(struct bpf_raw_tracepoint_args *ctx)
{
	struct task *task = (void *)ctx->args[0]; /* cause */

	return task->pid == 1; /* refused */
}

char LICENSE[] SEC("license") = "GPL";
