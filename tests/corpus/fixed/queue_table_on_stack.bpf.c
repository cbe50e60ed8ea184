/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A table of weights is made on the stack, and read at the number of a queue that it has. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define NR_QUEUES 8

struct queue_stats {
	__u64 packets;
	__u64 bytes;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, NR_QUEUES);
	__type(key, __u32);
	__type(value, struct queue_stats);
} queues SEC(".maps");

SEC("xdp")
int thin_out(struct xdp_md *ctx)
{
	void *data_end = (void *)(long)ctx->data_end;
	void *data = (void *)(long)ctx->data;
	__u32 queue = ctx->rx_queue_index;
	__u64 weights[NR_QUEUES];
	struct queue_stats *stats;
	__u32 i;

	for (i = 0; i < NR_QUEUES; i++) {
		__u32 key = i;

		stats = bpf_map_lookup_elem(&queues, &key);
		weights[i] = stats ? stats->bytes : 0;
	}
	stats = bpf_map_lookup_elem(&queues, &queue);
	if (stats) {
		stats->packets++;
		stats->bytes += data_end - data;
	}
	if (queue >= NR_QUEUES)
		return XDP_PASS;
	if (weights[queue] > 1 << 20)
		return bpf_get_prandom_u32() & 1 ? XDP_PASS : XDP_DROP;
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
