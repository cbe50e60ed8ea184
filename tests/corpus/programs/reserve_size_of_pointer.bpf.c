/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The record of the ring buffer is as large as a pointer to an event. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct event {
	__u32 pid;
	__u32 uid;
	__u64 ns;
	char comm[16];
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 18);
} events SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, __u64);
} ignored_users SEC(".maps");

static __always_inline void fill(struct event *event, __u32 uid)
{
	event->pid = bpf_get_current_pid_tgid() >> 32;
	event->uid = uid;
	event->ns = bpf_ktime_get_ns(); /* refused */
	bpf_get_current_comm(event->comm, sizeof(event->comm));
}

SEC("raw_tp/sched_process_exec")
int on_exec(struct bpf_raw_tracepoint_args *ctx)
{
	__u32 uid = bpf_get_current_uid_gid();
	struct event *event;
	__u64 *ignored;

	ignored = bpf_map_lookup_elem(&ignored_users, &uid);
	if (ignored) {
		__sync_fetch_and_add(ignored, 1);
		return 0;
	}
	event = bpf_ringbuf_reserve(&events, sizeof(event), 0); /* cause */
	if (!event)
		return 0;
	fill(event, uid);
	bpf_ringbuf_submit(event, 0);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
