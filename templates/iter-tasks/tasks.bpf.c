/* SPDX-License-Identifier: 0BSD */
/* The kernel side: called for each thread when the user side reads. */
#include "vmlinux.h"
#include <skep/bpf/core.h>
#include <bpf/bpf_core_read.h>
#include "tasks.h"

SKEP_LICENSE("GPL");

SEC("iter/task")
int each_task(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	struct task_record r = {};

	if (!task) /* the end */
		return 0;
	r.pid = task->tgid;
	r.tid = task->pid;
	r.ppid = BPF_CORE_READ(task, real_parent, tgid);
	r.uid = BPF_CORE_READ(task, cred, uid.val);
	r.started_ns = task->start_boottime;
	r.kernel = !task->mm;
	bpf_probe_read_kernel_str(r.comm, sizeof(r.comm), task->comm);
	bpf_seq_write(ctx->meta->seq, &r, sizeof(r));
	return 0;
}
