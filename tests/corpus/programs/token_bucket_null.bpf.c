/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A rate limiter: the bucket is checked, the table that it is in is not. */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

#define NR_BUCKETS 64
#define BURST      100

struct bucket {
	__u64 refilled_ns;
	__u64 tokens;
};

struct table {
	__u64 generation;
	struct bucket buckets[NR_BUCKETS];
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16);
	__type(key, __u32);
	__type(value, struct table);
} tables SEC(".maps");

static __noinline int take_token(struct table *table, __u32 hash)
{
	struct bucket *bucket = &table->buckets[hash % NR_BUCKETS];
	__u64 now = bpf_ktime_get_ns();

	if (!bucket)
		return 0;
	if (now - bucket->refilled_ns > 1000000000ULL) { /* refused */
		bucket->refilled_ns = now;
		bucket->tokens = BURST;
	}
	if (!bucket->tokens)
		return 0;
	bucket->tokens--;
	return 1;
}

SEC("xdp")
int rate_limit(struct xdp_md *ctx)
{
	void *data_end = (void *)(long)ctx->data_end;
	void *data = (void *)(long)ctx->data;
	__u32 queue = ctx->rx_queue_index;
	struct ethhdr *eth = data;
	struct iphdr *iph = (void *)(eth + 1);
	struct table *table;
	__u32 hash;

	if ((void *)(iph + 1) > data_end || eth->h_proto != bpf_htons(ETH_P_IP))
		return XDP_PASS;
	hash = iph->saddr * 2654435761U >> 16;
	table = bpf_map_lookup_elem(&tables, &queue); /* cause */
	return take_token(table, hash) ? XDP_PASS : XDP_DROP;
}

char LICENSE[] SEC("license") = "GPL";
