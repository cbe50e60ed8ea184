/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_NET_TUNNEL_H
#define SKEP_BPF_NET_TUNNEL_H
/**
 * @file bpf/net/tunnel.h
 * VXLAN, GENEVE, GRE: packets in packets. Part of bpf/net.h.
 *
 * @code{.c}
 * #include <skep/bpf/net.h>
 *
 * SKEP_LICENSE("GPL");
 *
 * SEC("xdp")
 * int on_packet(struct xdp_md *ctx)
 * {
 *         struct skep_packet p = skep_packet(ctx);
 *         struct skep_udp *udp;
 *
 *         skep_parse_eth(&p);
 *         skep_parse_ipv4(&p);
 *         udp = skep_parse_udp(&p);
 *         if (udp && udp->dst == bpf_htons(SKEP_PORT_VXLAN) && skep_parse_vxlan(&p))
 *                 skep_parse_eth(&p); // and so on, inside
 *         return XDP_PASS;
 * }
 * @endcode
 *
 * After a tunnel's header the same functions parse what is inside; the offsets in the cursor are
 * then those of the inner headers. IP in IP needs nothing: skep_parse_ipv4() and skep_parse_ipv6()
 * go on. 15 to 30 instructions each; the verifier walks 50 to 70.
 */
#include <skep/bpf/net/link.h>
#include <skep/bpf/net/transport.h>

enum {
	SKEP_PORT_VXLAN = 4789,  /**< UDP */
	SKEP_PORT_GENEVE = 6081, /**< UDP */
};

/** @cond */
SKEP_INLINE_ __u32 skep_next_in_tunnel_(__u16 type)
{
	__u32 next = bpf_ntohs(type);

	return next == SKEP_NEXT_BRIDGE ? SKEP_NEXT_ETH : next < 0x600 ? SKEP_NEXT_NONE : next;
}
/** @endcond */

/**
 * VXLAN, after UDP. Ethernet is next.
 *
 * @param p the cursor
 * @return the header, or NULL when UDP was not before it, it is not whole, or has no number
 * @kernel{4.8}
 */
SKEP_INLINE_ struct skep_vxlan *skep_parse_vxlan(struct skep_packet *p)
{
	struct skep_vxlan *vxlan;

	if (p->next != SKEP_NEXT_DATAGRAM)
		return 0;
	vxlan = skep_packet_peek_(p, sizeof(*vxlan));
	if (!vxlan || !(vxlan->flags & bpf_htonl(0x08000000)))
		return skep_packet_refuse_(p);
	skep_packet_advance_(p, sizeof(*vxlan));
	p->next = SKEP_NEXT_ETH;
	return vxlan;
}

/**
 * GENEVE, after UDP. Its options are stepped over.
 *
 * @param p the cursor
 * @return the header, or NULL when UDP was not before it, it is not whole, or not version 0
 * @kernel{4.8}
 */
SKEP_INLINE_ struct skep_geneve *skep_parse_geneve(struct skep_packet *p)
{
	struct skep_geneve *geneve;

	if (p->next != SKEP_NEXT_DATAGRAM)
		return 0;
	geneve = skep_packet_peek_(p, sizeof(*geneve));
	if (!geneve || geneve->version_words >> 6 != 0 ||
	    !skep_packet_take_(p, geneve, sizeof(*geneve) + (geneve->version_words & 63) * 4))
		return skep_packet_refuse_(p);
	p->next = skep_next_in_tunnel_(geneve->type);
	return geneve;
}

/**
 * The number of a tunnel's network.
 *
 * @param vni of a struct skep_vxlan or skep_geneve
 * @return the number, below 2^24
 */
SKEP_INLINE_ __u32 skep_vni(__u32 vni)
{
	return bpf_ntohl(vni) >> 8;
}

/**
 * GRE of version 0, if that is next. Its checksum, key and sequence number are stepped over.
 *
 * @param p the cursor
 * @return the header, or NULL when it is not next, not whole, of another version, or with routing
 * @kernel{4.8}
 */
SKEP_INLINE_ struct skep_gre *skep_parse_gre(struct skep_packet *p)
{
	struct skep_gre *gre;
	__u32 flags;

	if (p->next != SKEP_NEXT_GRE)
		return 0;
	gre = skep_packet_peek_(p, sizeof(*gre));
	if (!gre)
		return skep_packet_refuse_(p);
	flags = bpf_ntohs(gre->flags);
	/* A bit is its words: 0x8000 checksum, 0x2000 key, 0x1000 sequence number. */
	if (flags & 0x4007 || !skep_packet_take_(p, gre,
						 sizeof(*gre) + (flags >> 13 & 4) +
							 (flags >> 11 & 4) + (flags >> 10 & 4)))
		return skep_packet_refuse_(p);
	p->next = skep_next_in_tunnel_(gre->type);
	return gre;
}

#endif
