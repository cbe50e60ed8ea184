/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Programs that are run a known number of times, with maps of every relation. */
#include "top.h"

#include <linux/bpf.h>

#include <skep/bpf/core.h>

SKEP_RINGBUF(top_ring, struct top_record, TOP_RING_BYTES);

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1000);
	__type(key, __u32);
	__type(value, __u64);
} top_shared SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u32);
} top_jumps SEC(".maps");

struct inner {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 10);
	__type(key, __u32);
	__type(value, __u64);
} top_inner SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 2);
	__type(key, __u32);
	__array(values, struct inner);
} top_outer SEC(".maps") = { .values = { &top_inner } };

static int count(void)
{
	__u32 zero = 0;
	__u64 *n = bpf_map_lookup_elem(&top_shared, &zero);

	if (n)
		__sync_fetch_and_add(n, 1);
	return 0;
}

SEC("tc")
int top_counted_by_its_whole_name(struct __sk_buff *ctx)
{
	return count();
}

SEC("tc")
int top_jumps_and_looks(struct __sk_buff *ctx)
{
	__u32 zero = 0;
	void *inner = bpf_map_lookup_elem(&top_outer, &zero);
	__u64 *n = inner ? bpf_map_lookup_elem(inner, &zero) : 0;

	bpf_tail_call(ctx, &top_jumps, 0);
	return n ? count() : 0;
}

SEC("tc")
int top_fills(struct __sk_buff *ctx)
{
	skep_emit(ctx, &top_ring, r) {
		__builtin_memset(r, 0, sizeof(*r));
	}
	return 0;
}

SEC("raw_tp/sched_process_exec")
int top_exec(void *ctx)
{
	return count();
}

SEC("xdp")
int top_passes(struct xdp_md *ctx)
{
	return XDP_PASS;
}

SEC("cgroup_skb/egress")
int top_group(struct __sk_buff *ctx)
{
	return 1;
}

SEC("tracepoint/sched/sched_process_exec")
int top_event(void *ctx)
{
	return 0;
}

SKEP_LICENSE("GPL");
