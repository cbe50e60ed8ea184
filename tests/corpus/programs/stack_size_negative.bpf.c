/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* bpf_get_stack() says how many bytes it has written, or what went wrong, below zero. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define MAX_DEPTH 127

struct stack_event {
	__u64 ns;
	__u32 pid;
	__u32 cpu;
	__u64 stack[MAX_DEPTH];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct stack_event);
} scratch SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u32));
} events SEC(".maps");

static __always_inline void emit(void *ctx, struct stack_event *event, long length)
{
	__u64 size = offsetof(struct stack_event, stack) + length;

	bpf_perf_event_output(ctx, &events, BPF_F_CURRENT_CPU, event, size); /* refused */
}

SEC("raw_tp/sched_process_exec")
int on_exec(struct bpf_raw_tracepoint_args *ctx)
{
	struct stack_event *event;
	__u32 zero = 0;
	long length;

	event = bpf_map_lookup_elem(&scratch, &zero);
	if (!event)
		return 0;
	event->ns = bpf_ktime_get_ns();
	event->pid = bpf_get_current_pid_tgid() >> 32;
	event->cpu = bpf_get_smp_processor_id();
	length = bpf_get_stack(ctx, event->stack, sizeof(event->stack), 0); /* cause */
	emit(ctx, event, length);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
