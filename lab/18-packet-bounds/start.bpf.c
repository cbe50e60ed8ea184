/* SPDX-License-Identifier: 0BSD */
/*
 * A packet ends somewhere
 *
 * A program may read a packet's bytes where it has compared with data_end before: a packet can be
 * shorter than its headers.
 *
 * To do: drop ARP frames, let all others pass. (Types in frames are big-endian: bpf_htons().)
 */
#include <linux/if_ether.h>
#include <skep/bpf/core.h>
#include <bpf/bpf_endian.h>

SKEP_LICENSE("GPL");

SEC("xdp")
int drop_arp(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = data;

	if (eth->h_proto == bpf_htons(ETH_P_ARP))
		return XDP_DROP;
	return XDP_PASS;
}
