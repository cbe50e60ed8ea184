/* SPDX-License-Identifier: 0BSD */
/* The kernel side: runs for each packet, before the network stack sees it. */
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <skep/bpf/core.h>
#include <bpf/bpf_endian.h>
#include "counter.h"

SKEP_LICENSE("GPL");

#define NOT_IP 255 /* IP calls it reserved */

SKEP_ARRAY(by_protocol, struct traffic, 256); /* the index is IP's protocol number */

static __u32 protocol_of(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = data;
	struct iphdr *ip = (void *)(eth + 1);
	struct ipv6hdr *ip6 = (void *)(eth + 1);

	if ((void *)(eth + 1) > end)
		return NOT_IP;
	if (eth->h_proto == bpf_htons(ETH_P_IP) && (void *)(ip + 1) <= end)
		return ip->protocol;
	if (eth->h_proto == bpf_htons(ETH_P_IPV6) && (void *)(ip6 + 1) <= end)
		return ip6->nexthdr;
	return NOT_IP;
}

SEC("xdp")
int count(struct xdp_md *ctx)
{
	__u32 protocol = protocol_of(ctx);
	struct traffic *seen = skep_map_get(&by_protocol, &protocol);

	if (seen) {
		__sync_fetch_and_add(&seen->packets, 1);
		__sync_fetch_and_add(&seen->bytes, ctx->data_end - ctx->data);
	}
	return XDP_PASS;
}
