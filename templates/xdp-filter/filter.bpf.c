/* SPDX-License-Identifier: 0BSD */
/* The kernel side: runs for each packet, before the network stack sees it. */
#include <linux/bpf.h>
#include <skep/bpf/core.h>
#include <skep/bpf/net.h>
#include "filter.h"

SKEP_LICENSE("GPL");

SKEP_LPM_TRIE(networks, struct skep_lpm4, struct refused, 10240); /* the longest prefix counts */

SEC("xdp")
int filter(struct xdp_md *ctx)
{
	struct skep_packet p = skep_packet(ctx);
	struct refused *refused;
	struct skep_lpm4 source;
	struct skep_ipv4 *ip;

	skep_parse_eth(&p);
	skep_parse_vlans(&p);
	ip = skep_parse_ipv4(&p);
	if (!ip)
		return XDP_PASS;
	source = skep_lpm4_key(ip->src);
	refused = skep_map_get(&networks, &source);
	if (!refused)
		return XDP_PASS;
	__sync_fetch_and_add(&refused->packets, 1);
	__sync_fetch_and_add(&refused->bytes, ctx->data_end - ctx->data);
	return XDP_DROP;
}
