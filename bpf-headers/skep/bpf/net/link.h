/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_NET_LINK_H
#define SKEP_BPF_NET_LINK_H
/**
 * @file bpf/net/link.h
 * Ethernet, VLAN tags, ARP. Part of bpf/net.h.
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
 *         struct skep_eth *eth = skep_parse_eth(&p);
 *         int tags = skep_parse_vlans(&p);
 *         struct skep_arp *arp = skep_parse_arp(&p);
 *
 *         return eth && arp && tags == 1 ? XDP_DROP : XDP_PASS;
 * }
 * @endcode
 *
 * 10 to 15 instructions each, of which the verifier walks 30; of four tags 240.
 */
#include <skep/bpf/net/packet.h>

/** How many VLAN tags skep_parse_vlans() steps over. */
#ifndef SKEP_VLANS_MOST
#define SKEP_VLANS_MOST 4
#endif

/** @cond */
SKEP_INLINE_ __u32 skep_next_of_type_(__u16 type)
{
	__u32 next = bpf_ntohs(type);

	return next < 0x600 ? SKEP_NEXT_LLC : next;
}
/** @endcond */

/**
 * The Ethernet header, if that is next: at a packet's beginning, or in a tunnel.
 *
 * @param p the cursor
 * @return the header, or NULL when it is not next, or not whole
 * @kernel{4.8}
 */
SKEP_INLINE_ struct skep_eth *skep_parse_eth(struct skep_packet *p)
{
	struct skep_eth *eth;

	if (p->next != SKEP_NEXT_ETH)
		return 0;
	eth = skep_packet_peek_(p, sizeof(*eth));
	if (!eth)
		return skep_packet_refuse_(p);
	p->eth_at = p->at;
	skep_packet_advance_(p, sizeof(*eth));
	p->next = skep_next_of_type_(eth->type);
	return eth;
}

/**
 * A VLAN tag, if that is next: 802.1Q, 802.1ad, or the older 0x9100.
 *
 * @param p the cursor
 * @return the tag, or NULL when it is not next, or not whole
 * @kernel{4.8}
 */
SKEP_INLINE_ struct skep_vlan *skep_parse_vlan(struct skep_packet *p)
{
	struct skep_vlan *vlan;

	if (p->next != SKEP_NEXT_VLAN && p->next != SKEP_NEXT_VLAN_AD &&
	    p->next != SKEP_NEXT_VLAN_QINQ)
		return 0;
	vlan = skep_packet_peek_(p, sizeof(*vlan));
	if (!vlan)
		return skep_packet_refuse_(p);
	skep_packet_advance_(p, sizeof(*vlan));
	p->next = skep_next_of_type_(vlan->type);
	return vlan;
}

/**
 * The VLAN of a tag.
 *
 * @param vlan the tag
 * @return its number, 0 to 4095
 */
SKEP_INLINE_ __u32 skep_vlan_id(const struct skep_vlan *vlan)
{
	return bpf_ntohs(vlan->tci) & 0xfff;
}

/**
 * Steps over VLAN tags, SKEP_VLANS_MOST of them. With more, a tag is next, and so no other header
 * is found.
 *
 * @param p the cursor
 * @return how many they were
 * @kernel{5.3, with loops}
 */
SKEP_INLINE_ int skep_parse_vlans(struct skep_packet *p)
{
	int tags = 0;

#pragma clang loop unroll(disable)
	for (int i = 0; i < SKEP_VLANS_MOST; i++) {
		if (!skep_parse_vlan(p))
			break;
		tags++;
	}
	return tags;
}

/**
 * ARP, if that is next, and is about IPv4 over Ethernet.
 *
 * @param p the cursor
 * @return the message, or NULL when it is not next, not whole, or about something else
 * @kernel{4.8}
 */
SKEP_INLINE_ struct skep_arp *skep_parse_arp(struct skep_packet *p)
{
	struct skep_arp *arp;

	if (p->next != SKEP_NEXT_ARP)
		return 0;
	arp = skep_packet_peek_(p, sizeof(*arp));
	if (!arp || arp->hardware != bpf_htons(1) || arp->protocol != bpf_htons(SKEP_NEXT_IPV4) ||
	    arp->hardware_bytes != 6 || arp->protocol_bytes != 4)
		return skep_packet_refuse_(p);
	skep_packet_advance_(p, sizeof(*arp));
	p->next = SKEP_NEXT_NONE;
	return arp;
}

#endif
