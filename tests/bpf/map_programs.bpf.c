/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A pipeline of tail calls. Each stage adds a digit to what is returned at the end. */
#include <skep/bpf/core.h>

SKEP_LICENSE("GPL");

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u32);
} stages SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} digits SEC(".maps");

static __u64 add(__u64 digit)
{
	__u32 zero = 0;
	__u64 *all = bpf_map_lookup_elem(&digits, &zero);

	if (!all)
		return 0;
	*all = digit ? *all * 10 + digit : 0;
	return *all;
}

SEC("raw_tp")
int begin(void *ctx)
{
	add(0);
	bpf_tail_call(ctx, &stages, 0);
	return -1;
}

SEC("raw_tp")
int stage_1(void *ctx)
{
	__u64 now = add(1);

	bpf_tail_call(ctx, &stages, 1);
	return (int)now;
}

SEC("raw_tp")
int stage_2(void *ctx)
{
	__u64 now = add(2);

	bpf_tail_call(ctx, &stages, 2);
	return (int)now;
}

SEC("raw_tp")
int stage_7(void *ctx)
{
	__u64 now = add(7);

	bpf_tail_call(ctx, &stages, 2);
	return (int)now;
}

SEC("raw_tp")
int stage_3(void *ctx)
{
	return (int)add(3);
}

SEC("xdp")
int other_type(struct xdp_md *ctx)
{
	return XDP_PASS;
}
