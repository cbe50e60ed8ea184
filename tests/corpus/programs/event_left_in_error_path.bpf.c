/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* One of the error paths forgets the record. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

struct mm_struct {
	unsigned long arg_start;
} __attribute__((preserve_access_index));

struct task_struct {
	struct mm_struct *mm;
	unsigned int flags;
} __attribute__((preserve_access_index));

struct args_event {
	__u32 pid;
	__s32 len;
	char comm[16];
	char args[128];
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 18);
} events SEC(".maps");

static __always_inline unsigned long args_of(struct task_struct *task)
{
	struct mm_struct *mm = BPF_CORE_READ(task, mm);

	return mm ? BPF_CORE_READ(mm, arg_start) : 0;
}

SEC("raw_tp/sched_process_exec")
int on_exec(void *ctx)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct args_event *event;
	unsigned long start;

	event = bpf_ringbuf_reserve(&events, sizeof(*event), 0); /* cause */
	if (!event)
		return 0;
	event->pid = bpf_get_current_pid_tgid() >> 32;
	if (bpf_get_current_comm(event->comm, sizeof(event->comm)))
		goto discard;
	start = args_of(task);
	if (!start)
		return 0;
	event->len = bpf_probe_read_user_str(event->args, sizeof(event->args), (void *)start);
	if (event->len < 0)
		goto discard;
	bpf_ringbuf_submit(event, 0);
	return 0;
discard:
	bpf_ringbuf_discard(event, BPF_RB_NO_WAKEUP);
	return 0;
} /* refused */

char LICENSE[] SEC("license") = "GPL";
