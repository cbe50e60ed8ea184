/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The tracepoint gives me the task, so I read its fields. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

struct task_struct {
	int pid;
	int tgid;
	unsigned int flags;
} __attribute__((preserve_access_index));

struct fork_event {
	__u32 parent;
	__u32 child;
	__u32 thread;
	char comm[16];
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 16);
} forks SEC(".maps");

static __always_inline int is_thread(struct task_struct *task)
{
	return task->pid != task->tgid; /* refused */
}

SEC("raw_tp/sched_process_fork")
int on_fork(struct bpf_raw_tracepoint_args *ctx)
{
	struct task_struct *child = (struct task_struct *)ctx->args[1]; /* cause */
	struct fork_event *event;
	int thread = is_thread(child);

	event = bpf_ringbuf_reserve(&forks, sizeof(*event), 0);
	if (!event)
		return 0;
	event->parent = bpf_get_current_pid_tgid() >> 32;
	event->child = BPF_CORE_READ(child, pid);
	event->thread = thread;
	bpf_get_current_comm(event->comm, sizeof(event->comm));
	bpf_ringbuf_submit(event, 0);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
