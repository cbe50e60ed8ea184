/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <skep/bpf/core.h>
#include <bpf/bpf_endian.h>
#include "xdpcount.h"

SKEP_LICENSE("GPL");

SKEP_HASH(traffic_by_source, struct source, struct traffic, MOST_SOURCES);

struct traffic uncounted; /* what did not fit into the map */

struct vlan_tag {
	__be16 id;
	__be16 next;
};

/* What follows the Ethernet header and up to two VLAN tags. */
static void *skip_ethernet(struct xdp_md *ctx, struct source *from)
{
	void *at = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = at;

	if ((void *)(eth + 1) > end)
		return 0;
	from->ethertype = bpf_ntohs(eth->h_proto);
	at = eth + 1;
	for (int i = 0; i < 2; i++) {
		struct vlan_tag *tag = at;

		if (from->ethertype != ETH_P_8021Q && from->ethertype != ETH_P_8021AD)
			break;
		if ((void *)(tag + 1) > end)
			return 0;
		from->ethertype = bpf_ntohs(tag->next);
		at = tag + 1;
	}
	return at;
}

static void read_source(struct xdp_md *ctx, struct source *from)
{
	void *at = skip_ethernet(ctx, from), *end = (void *)(long)ctx->data_end;
	struct ipv6hdr *ip6 = at;
	struct iphdr *ip = at;

	if (at && from->ethertype == ETH_P_IP && (void *)(ip + 1) <= end) {
		__builtin_memcpy(from->address, &ip->saddr, sizeof(ip->saddr));
		from->protocol = ip->protocol;
	} else if (at && from->ethertype == ETH_P_IPV6 && (void *)(ip6 + 1) <= end) {
		__builtin_memcpy(from->address, &ip6->saddr, sizeof(ip6->saddr));
		from->protocol = ip6->nexthdr;
	}
}

SEC("xdp")
int count(struct xdp_md *ctx)
{
	const struct traffic none = {};
	struct source from = {};
	struct traffic *seen;

	read_source(ctx, &from);
	seen = skep_map_get_or_put(&traffic_by_source, &from, &none);
	if (!seen)
		seen = &uncounted;
	__sync_fetch_and_add(&seen->packets, 1);
	__sync_fetch_and_add(&seen->bytes, ctx->data_end - ctx->data);
	return XDP_PASS;
}
