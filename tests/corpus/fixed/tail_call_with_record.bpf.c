/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define MAX_HANDLERS 32

struct syscall_event {
	__u64 time;
	__u32 pid;
	__u32 number;
	char comm[16];
};

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, MAX_HANDLERS);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u32));
} handlers SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 18);
} events SEC(".maps");

static __always_inline void fill(struct syscall_event *event, __u32 number)
{
	event->time = bpf_ktime_get_ns();
	event->pid = bpf_get_current_pid_tgid() >> 32;
	event->number = number;
	bpf_get_current_comm(event->comm, sizeof(event->comm));
}

SEC("raw_tp/sys_enter")
int on_syscall(struct bpf_raw_tracepoint_args *ctx)
{
	__u32 number = ctx->args[1];
	struct syscall_event *event;

	if (number < MAX_HANDLERS)
		bpf_tail_call(ctx, &handlers, number);
	event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	if (!event)
		return 0;
	fill(event, number);
	bpf_ringbuf_submit(event, 0);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
