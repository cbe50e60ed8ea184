/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include <skep/bpf/core.h>
#include <skep/bpf/net.h>
#include "xdpcount.h"

SKEP_LICENSE("GPL");

SKEP_HASH(traffic_by_source, struct source, struct traffic, 65536);

struct traffic uncounted; /* what did not fit into the map */

/* Behind the Ethernet header and up to two VLAN tags. */
static void read_source(struct xdp_md *ctx, struct source *from)
{
	struct skep_packet p = skep_packet(ctx);
	struct skep_eth *eth = skep_parse_eth(&p);
	struct skep_vlan *tag;
	struct skep_ipv4 *ip;
	struct skep_ipv6 *ip6;

	if (eth)
		from->ethertype = bpf_ntohs(eth->type);
	for (int i = 0; i < 2 && (tag = skep_parse_vlan(&p)); i++)
		from->ethertype = bpf_ntohs(tag->type);
	if ((ip = skep_parse_ipv4(&p))) {
		__builtin_memcpy(from->address, &ip->src, sizeof(ip->src));
		from->protocol = ip->proto;
	} else if ((ip6 = skep_parse_ipv6(&p))) {
		__builtin_memcpy(from->address, ip6->src, sizeof(ip6->src));
		from->protocol = ip6->next;
	}
}

SEC("xdp")
int count(struct xdp_md *ctx)
{
	const struct traffic none = {};
	struct source from = {};
	struct traffic *seen;

	read_source(ctx, &from);
	seen = skep_map_get_or_put(&traffic_by_source, &from, &none) ?: &uncounted;
	skep_atomic_add(&seen->packets, 1);
	skep_atomic_add(&seen->bytes, ctx->data_end - ctx->data);
	return XDP_PASS;
}
