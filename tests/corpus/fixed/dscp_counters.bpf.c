/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* There are 64 DSCP values, and room for their counters. */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

#define NR_DSCP 64

struct dscp_stats {
	__u64 packets[NR_DSCP];
	__u64 bytes[NR_DSCP];
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 128);
	__type(key, __u32);
	__type(value, struct dscp_stats);
} by_interface SEC(".maps");

static __always_inline int ipv4_tos(void *data, void *data_end)
{
	struct ethhdr *eth = data;
	struct iphdr *iph = data + sizeof(*eth);

	if (data + sizeof(*eth) + sizeof(*iph) > data_end)
		return -1;
	if (eth->h_proto != bpf_htons(ETH_P_IP))
		return -1;
	return iph->tos;
}

SEC("xdp")
int count_dscp(struct xdp_md *ctx)
{
	void *data_end = (void *)(long)ctx->data_end;
	void *data = (void *)(long)ctx->data;
	__u32 ifindex = ctx->ingress_ifindex;
	__u64 length = data_end - data;
	struct dscp_stats *stats;
	__u32 dscp;
	int tos;

	tos = ipv4_tos(data, data_end);
	if (tos < 0)
		return XDP_PASS;
	stats = bpf_map_lookup_elem(&by_interface, &ifindex);
	if (!stats)
		return XDP_PASS;
	dscp = tos >> 2;
	stats->bytes[dscp] += length;
	stats->packets[dscp]++;
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
