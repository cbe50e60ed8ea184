/* SPDX-License-Identifier: 0BSD */
/* One way to do it. */
#include <linux/if_ether.h>
#include <skep/bpf/core.h>
#include <bpf/bpf_endian.h>

SKEP_LICENSE("GPL");

SEC("xdp")
int drop_arp(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = data;

	if ((void *)(eth + 1) > end)
		return XDP_PASS;
	if (eth->h_proto == bpf_htons(ETH_P_ARP))
		return XDP_DROP;
	return XDP_PASS;
}
