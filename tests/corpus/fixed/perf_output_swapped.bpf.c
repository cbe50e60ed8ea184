/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The map and the event are where bpf_perf_event_output() expects them. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct exit_event {
	__u64 ns;
	__u32 pid;
	__u32 tid;
	char comm[16];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u32));
} events SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, __u8);
} watched SEC(".maps");

static __always_inline void fill_event(struct exit_event *event, __u64 id)
{
	event->ns = bpf_ktime_get_ns();
	event->pid = id >> 32;
	event->tid = id;
	bpf_get_current_comm(event->comm, sizeof(event->comm));
}

SEC("raw_tp/sched_process_exit")
int on_exit(struct bpf_raw_tracepoint_args *ctx)
{
	__u64 id = bpf_get_current_pid_tgid();
	struct exit_event event = {};
	__u32 tgid = id >> 32;

	if (!bpf_map_lookup_elem(&watched, &tgid))
		return 0;
	fill_event(&event, id);
	bpf_perf_event_output(ctx, &events, BPF_F_CURRENT_CPU, &event, sizeof(event));
	if (tgid == event.tid)
		bpf_map_delete_elem(&watched, &tgid);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
