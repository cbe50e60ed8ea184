/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_NET_ROOM_H
#define SKEP_BPF_NET_ROOM_H
/**
 * @file bpf/net/room.h
 * Makes packets longer and shorter behind the Ethernet header: VLAN tags, tunnels. The same for XDP
 * and tc. Part of bpf/net.h.
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
 *
 *         return skep_vlan_push(&p, 42) ? XDP_ABORTED : XDP_TX;
 * }
 * @endcode
 *
 * After each of them the cursor is at the beginning again, and headers got before are invalid. In
 * tc a tag is kept beside the packet (`skb->vlan_tci`), and is in it when it is sent. One helper
 * call each, and in XDP about 30 instructions; the verifier walks 80 to 130.
 */
#include <skep/bpf/net/checksum.h>
#include <skep/bpf/net/link.h>

/** @cond */
/* What XDP needs: the Ethernet header at the packet's beginning, over a stop on the stack. */
SKEP_INLINE_ int skep_move_eth_(struct skep_packet *p, int bytes)
{
	struct skep_eth kept, *eth = skep_packet_bytes(p, 0, sizeof(*eth));
	int err;

	/* What is cut off has to be there, or the helper refuses, after the packet was changed. */
	if (!eth || (bytes > 0 && !skep_packet_bytes(p, (__u32)bytes, sizeof(*eth))))
		return -SKEP_EBADMSG_;
	__builtin_memcpy(&kept, eth, sizeof(kept));
	err = bpf_xdp_adjust_head(p->ctx, bytes);
	/* To the verifier the packet may have moved, even if it did not: who goes on needs a cursor. */
	skep_packet_rewind(p, SKEP_NEXT_ETH);
	if (err)
		return -SKEP_EINVAL_;
	eth = skep_packet_bytes(p, 0, sizeof(*eth));
	if (!eth)
		return -SKEP_EBADMSG_;
	__builtin_memcpy(eth, &kept, sizeof(kept));
	return 0;
}
/** @endcond */

/**
 * Makes room behind the Ethernet header, for the headers of a tunnel. What is in it is whatever was
 * there before: write all of it. The Ethernet header's type stays.
 *
 * @param p     the cursor
 * @param bytes how many: a constant, 1 to 192
 * @param flags in tc those of bpf_skb_adjust_room(), as BPF_F_ADJ_ROOM_ENCAP_L3_IPV4; not in XDP
 * @return 0, -EBADMSG without an Ethernet header, -EINVAL when there is no room before the packet,
 *         or what the helper says
 * @kernel{4.13}
 */
SKEP_INLINE_ int skep_room_push(struct skep_packet *p, __u32 bytes, __u64 flags)
{
	int err;

	if (!p->is_skb)
		return skep_move_eth_(p, -(int)bytes);
	err = bpf_skb_adjust_room(p->ctx, (int)bytes, BPF_ADJ_ROOM_MAC, flags);
	skep_packet_rewind(p, SKEP_NEXT_ETH);
	return err;
}

/**
 * Takes bytes behind the Ethernet header out: the headers of a tunnel. The Ethernet header's type
 * stays.
 *
 * @param p     the cursor
 * @param bytes how many: a constant, 1 to 192
 * @param flags in tc those of bpf_skb_adjust_room(); not in XDP
 * @return 0, -EBADMSG when they are not there, or what the helper says
 * @kernel{4.13}
 */
SKEP_INLINE_ int skep_room_pop(struct skep_packet *p, __u32 bytes, __u64 flags)
{
	int err;

	if (!p->is_skb)
		return skep_move_eth_(p, (int)bytes);
	err = bpf_skb_adjust_room(p->ctx, -(int)bytes, BPF_ADJ_ROOM_MAC, flags);
	skep_packet_rewind(p, SKEP_NEXT_ETH);
	return err;
}

/** @cond */
/* How long the IP packet behind the Ethernet header says it is; 0 where there is none. */
SKEP_INLINE_ __u32 skep_ip_total_(const struct skep_packet *p)
{
	struct skep_eth *eth = skep_packet_bytes(p, 0, sizeof(*eth) + 8);
	__u16 *words;

	if (!eth)
		return 0;
	words = (__u16 *)(eth + 1);
	if (eth->type == bpf_htons(SKEP_NEXT_IPV4))
		return bpf_ntohs(words[1]);
	return eth->type == bpf_htons(SKEP_NEXT_IPV6) ? bpf_ntohs(words[2]) + 40 : 0;
}
/** @endcond */

/**
 * Puts an IPv4 header before the packet's own IP header, as tunnels do, with its length and checksum, and room
 * for a tunnel's headers between them: nothing for IP in IP, 16 bytes for UDP and VXLAN without Ethernet.
 * What is in that room is whatever was there: write all of it, from `sizeof(struct skep_eth) +
 * sizeof(struct skep_ipv4)` on. skep_room_pop() of as many bytes undoes it.
 *
 * @param p     the cursor; IP stands behind the packet's Ethernet header, without VLAN tags
 * @param src   the tunnel's sender, in network order
 * @param dst   the tunnel's receiver, in network order
 * @param proto what stands behind the new header: SKEP_NEXT_IPV4_IN_IP, SKEP_NEXT_UDP, SKEP_NEXT_GRE, ...
 * @param more  bytes of room behind it: a constant, 0 to 160
 * @param flags in tc more of bpf_skb_adjust_room(), as BPF_F_ADJ_ROOM_ENCAP_L4_UDP; not in XDP
 * @return 0, -EINVAL without IP, of an IP packet that gets too long, or when there is no room before the
 *         packet, or what the helper says
 * @kernel{5.2, in tc; in XDP 4.10}
 */
SKEP_INLINE_ int skep_encap_ipv4(struct skep_packet *p, __u32 src, __u32 dst, __u8 proto,
				 __u32 more, __u64 flags)
{
	__u32 inner = skep_ip_total_(p), total = inner + more + sizeof(struct skep_ipv4), *words;
	struct skep_ipv4 *ip;
	struct skep_eth *eth;
	int err;

	if (!inner || total > 0xffff)
		return -SKEP_EINVAL_;
	err = skep_room_push(p, sizeof(*ip) + more, flags | BPF_F_ADJ_ROOM_ENCAP_L3_IPV4);
	if (err)
		return err;
	eth = skep_packet_bytes(p, 0, sizeof(*eth) + sizeof(*ip));
	if (!eth)
		return -SKEP_EBADMSG_;
	eth->type = bpf_htons(SKEP_NEXT_IPV4);
	ip = (struct skep_ipv4 *)(eth + 1);
	words = (__u32 *)ip;
	words[0] = bpf_htonl(0x45000000 | total);
	words[1] = 0;
	words[2] = bpf_htonl(64U << 24 | (__u32)proto << 16);
	words[3] = src;
	words[4] = dst;
	ip->check = skep_csum_fold((__u64)words[0] + words[2] + src + dst);
	return 0;
}

/**
 * Adds an 802.1Q tag, before those that are there.
 *
 * @param p   the cursor
 * @param tci the VLAN in the lower 12 bits, the priority in the upper 3; a number
 * @return 0, -EBADMSG without an Ethernet header, -EINVAL when there is no room before the packet,
 *         or what the helper says
 * @kernel{4.10}
 */
SKEP_INLINE_ int skep_vlan_push(struct skep_packet *p, __u16 tci)
{
	struct skep_vlan *vlan;
	struct skep_eth *eth;
	int err;

	if (p->is_skb) {
		err = bpf_skb_vlan_push(p->ctx, bpf_htons(SKEP_NEXT_VLAN), tci);
		skep_packet_rewind(p, SKEP_NEXT_ETH);
		return err;
	}
	err = skep_move_eth_(p, -(int)sizeof(*vlan));
	if (err)
		return err;
	eth = skep_packet_bytes(p, 0, sizeof(*eth) + sizeof(*vlan));
	if (!eth)
		return -SKEP_EBADMSG_;
	vlan = (struct skep_vlan *)(eth + 1);
	vlan->type = eth->type;
	vlan->tci = bpf_htons(tci);
	eth->type = bpf_htons(SKEP_NEXT_VLAN);
	return 0;
}

/**
 * Takes the first VLAN tag out: 802.1Q or 802.1ad. The kernel takes out no older 0x9100, nor does this.
 *
 * @param p the cursor
 * @return 0, -EINVAL when there is none, -EBADMSG when it is not whole, or what the helper says
 * @kernel{4.10}
 */
SKEP_INLINE_ int skep_vlan_pop(struct skep_packet *p)
{
	struct skep_eth *eth;
	int err;

	if (p->is_skb && SKEP_CTX_(struct __sk_buff, p->ctx, vlan_present)) {
		err = bpf_skb_vlan_pop(p->ctx);
		skep_packet_rewind(p, SKEP_NEXT_ETH);
		return err;
	}
	skep_packet_rewind(p, SKEP_NEXT_ETH);
	eth = skep_parse_eth(p);
	if (!eth)
		return -SKEP_EBADMSG_;
	if (p->next != SKEP_NEXT_VLAN && p->next != SKEP_NEXT_VLAN_AD)
		return -SKEP_EINVAL_;
	eth = skep_packet_bytes(p, 0, sizeof(*eth) + sizeof(struct skep_vlan));
	if (!eth)
		return -SKEP_EBADMSG_;
	if (p->is_skb) {
		err = bpf_skb_vlan_pop(p->ctx);
		skep_packet_rewind(p, SKEP_NEXT_ETH);
		return err;
	}
	eth->type = ((struct skep_vlan *)(eth + 1))->type;
	return skep_move_eth_(p, sizeof(struct skep_vlan));
}

#endif
