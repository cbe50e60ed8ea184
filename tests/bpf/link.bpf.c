/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What links are made of: programs that count, on hooks that every kernel has. */
#include <skep/bpf/core.h>

SKEP_LICENSE("GPL");

SKEP_HASH(a_map, __u32, __u32, 1);

__u64 execs, events, ticks, first_frames, second_frames;

SEC("raw_tp/sched_process_exec")
int on_exec(void *ctx)
{
	__sync_fetch_and_add(&execs, 1);
	return 0;
}

SEC("raw_tp/sched_process_exit")
int on_exit(void *ctx)
{
	return 0;
}

SEC("tracepoint/sched/sched_process_exec")
int on_exec_event(void *ctx)
{
	__sync_fetch_and_add(&events, 1);
	return 0;
}

SEC("perf_event")
int on_tick(void *ctx)
{
	__sync_fetch_and_add(&ticks, 1);
	return 0;
}

SEC("xdp")
int first(struct xdp_md *ctx)
{
	__sync_fetch_and_add(&first_frames, 1);
	return XDP_PASS;
}

SEC("xdp")
int second(struct xdp_md *ctx)
{
	__sync_fetch_and_add(&second_frames, 1);
	return XDP_PASS;
}

SEC("cgroup_skb/egress")
int on_packet(struct __sk_buff *skb)
{
	return 1;
}
