/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Programs that share functions: static and global ones, one that calls another, a callback, and
 * inlined ones. test_objinfo.c knows in which order they are linked.
 */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

struct count {
	__u64 hits;
	__u64 bytes;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 64);
	__type(key, __u32);
	__type(value, struct count);
} packets_by_protocol SEC(".maps");

static __u64 rounds[4];
const volatile __u32 most = 3;

static __always_inline __u32 key_of(__u32 number)
{
	if (number > most)
		number = most;
	return number;
}

__noinline int deepest(__u32 number)
{
	rounds[key_of(number) & 3]++;
	return (int)number;
}

static __noinline int middle(__u32 number)
{
	int got = deepest(number + 1);

	return got + deepest(number + 2);
}

__noinline int count_packet(__u32 number)
{
	__u32 key = key_of(number);
	struct count *c = bpf_map_lookup_elem(&packets_by_protocol, &key);

	if (!c)
		return 0;
	c->hits++;
	return (int)c->hits;
}

static int each(__u32 index, void *ctx)
{
	*(__u64 *)ctx += (__u64)deepest(index);
	return 0;
}

SEC("xdp")
int on_packet(struct xdp_md *ctx)
{
	int got = count_packet(ctx->rx_queue_index);

	got += middle((__u32)got);
	return got ? XDP_PASS : XDP_DROP;
}

SEC("tc")
int on_frame(struct __sk_buff *ctx)
{
	int got = middle(ctx->protocol);

	got += count_packet(ctx->protocol);
	return got ? TC_ACT_OK : TC_ACT_SHOT;
}

SEC("xdp")
int loops(struct xdp_md *ctx)
{
	__u64 sum = 0;

	bpf_loop(4, each, &sum, 0);
	return sum > ctx->rx_queue_index ? XDP_PASS : XDP_DROP;
}

SEC("tc")
int alone(struct __sk_buff *ctx)
{
	void *end = (void *)(long)ctx->data_end;
	__u8 *at = (void *)(long)ctx->data;

	if (at + 14 > (__u8 *)end)
		return TC_ACT_OK;
	return at[12] == key_of(at[13]) ? TC_ACT_SHOT : TC_ACT_OK;
}

char _license[] SEC("license") = "GPL";
