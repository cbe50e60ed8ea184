/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Kinds of maps that are used in ways of their own: memory, queues, filters, tries, stacks, rings. */
#include <skep/bpf/core.h>

#include "map_uses.h"

SKEP_LICENSE("GPL");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1000);
	__type(key, __u32);
	__type(value, struct gauge);
} gauges SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, struct gauge);
} hidden SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_QUEUE);
	__uint(max_entries, 8);
	__type(value, struct job);
} jobs SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_STACK);
	__uint(max_entries, 8);
	__type(value, struct job);
} undo SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_BLOOM_FILTER);
	__uint(max_entries, 1000);
	__type(value, __u64);
} seen SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 4096);
	__type(key, struct skep_lpm4);
	__type(value, __u32);
} routes SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 256);
	__type(key, struct skep_lpm6);
	__type(value, __u32);
} routes6 SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 16);
	__type(key, struct name_prefix);
	__type(value, __u32);
} names SEC(".maps");

#define DEPTH 64

struct {
	__uint(type, BPF_MAP_TYPE_STACK_TRACE);
	__uint(max_entries, 1024);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, DEPTH * sizeof(__u64));
} stacks SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_STACK_TRACE);
	__uint(map_flags, BPF_F_STACK_BUILD_ID);
	__uint(max_entries, 64);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, DEPTH * sizeof(struct bpf_stack_build_id));
} places SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_USER_RINGBUF);
	__uint(max_entries, 4096);
} orders SEC(".maps");

/* One struct for the section, as of the test: see `struct globals` there. */
__u64 orders_read;
__u64 amount;
__u64 next_number;
__u64 out_of_order;
__u64 odd_bytes;

SEC("raw_tp")
int set_gauge(struct bpf_raw_tracepoint_args *ctx)
{
	__u32 key = ctx->args[0];
	struct gauge *gauge = bpf_map_lookup_elem(&gauges, &key);

	if (!gauge)
		return 1;
	gauge->level = ctx->args[1];
	gauge->changes++;
	return 0;
}

SEC("raw_tp")
int add_job(struct bpf_raw_tracepoint_args *ctx)
{
	struct job job = { .id = ctx->args[0], .weight = ctx->args[1] };

	return bpf_map_push_elem(&jobs, &job, BPF_ANY) + bpf_map_push_elem(&undo, &job, BPF_ANY);
}

SEC("raw_tp")
int take_job(struct bpf_raw_tracepoint_args *ctx)
{
	struct job job;

	return bpf_map_pop_elem(&jobs, &job) ? 0 : job.id;
}

SEC("raw_tp")
int see(struct bpf_raw_tracepoint_args *ctx)
{
	__u64 value = ctx->args[0];

	return bpf_map_push_elem(&seen, &value, BPF_ANY);
}

SEC("raw_tp")
int has_seen(struct bpf_raw_tracepoint_args *ctx)
{
	__u64 value = ctx->args[0];

	return !bpf_map_peek_elem(&seen, &value);
}

/* The address as the four bytes of a packet. */
SEC("raw_tp")
int route(struct bpf_raw_tracepoint_args *ctx)
{
	struct skep_lpm4 key = { .prefixlen = 32 };
	__u32 address = ctx->args[0], *hop;

	__builtin_memcpy(key.addr, &address, sizeof(key.addr));
	hop = bpf_map_lookup_elem(&routes, &key);
	return hop ? *hop : 0;
}

SEC("raw_tp")
int take_stack(struct bpf_raw_tracepoint_args *ctx)
{
	return bpf_get_stackid(ctx, &stacks, ctx->args[0] ? BPF_F_USER_STACK : 0);
}

SEC("raw_tp")
int take_place(struct bpf_raw_tracepoint_args *ctx)
{
	return bpf_get_stackid(ctx, &places, BPF_F_USER_STACK);
}

static long read_order(struct bpf_dynptr *record, void *ctx)
{
	struct order order;

	if (bpf_dynptr_read(&order, sizeof(order), record, 0, 0)) {
		odd_bytes++;
		return 0;
	}
	if (order.number != next_number)
		out_of_order++;
	next_number = order.number + 1;
	amount += order.amount;
	orders_read++;
	return 0;
}

SEC("raw_tp")
int drain(struct bpf_raw_tracepoint_args *ctx)
{
	return bpf_user_ringbuf_drain(&orders, read_order, NULL, ctx->args[0]);
}
