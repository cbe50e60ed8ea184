/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_NET_REWRITE_H
#define SKEP_BPF_NET_REWRITE_H
/**
 * @file bpf/net/rewrite.h
 * Changes headers, with all checksums that hang on them; VLAN tags, room for tunnels. The same for
 * XDP and tc. Part of bpf/net.h.
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
 *         if (!skep_parse_eth(&p) || !skep_parse_ipv4(&p) || !skep_parse_tcp(&p))
 *                 return XDP_PASS;
 *         if (skep_set_ipv4_dst(&p, bpf_htonl(0x0a000001)) || skep_set_dst_port(&p, 8080) ||
 *             skep_set_ttl(&p, 64))
 *                 return XDP_ABORTED;
 *         return XDP_TX;
 * }
 * @endcode
 *
 * They change the headers parsed last (`p.ip_at`, `p.l4_at`), so parse first, and pull in tc.
 * Headers got before are invalid after them: get what you need of them first. A UDP checksum of 0
 * stays 0. In tc the kernel's helpers do the sums of TCP and UDP, since those may be half done and
 * left to the hardware. In XDP an address costs about 60 instructions;
 * the verifier walks 1,000 to 1,700 for an address or a port, 2,300 for one of IPv6, 200 for the
 * TTL.
 */
#include <skep/bpf/net/checksum.h>
#include <skep/bpf/net/link.h>

/** @cond */
/* Where the checksum is that covers the IP addresses and the ports; 0: there is none. */
SKEP_INLINE_ __u32 skep_l4_check_at_(const struct skep_packet *p, __u32 *proto)
{
	__u32 at = p->l4_at;

	*proto = skep_forget_(p->proto);
	if (!*proto) { /* not parsed */
		*proto = skep_forget_(p->next);
		at = p->at;
	}
	at = skep_forget_(at);
	if (*proto == SKEP_NEXT_TCP)
		return at + 16;
	if (*proto == SKEP_NEXT_UDP)
		return at + 6;
	return *proto == SKEP_NEXT_ICMP6 && skep_forget_(p->version) == 6 ? at + 2 : 0;
}

/* The checksum of TCP, UDP or ICMPv6 after a change, of the pseudo header or of its own. */
SKEP_INLINE_ int skep_l4_fix_(struct skep_packet *p, __u64 change, bool pseudo)
{
	__u32 proto, at = skep_l4_check_at_(p, &proto);
	bool is_udp = proto == SKEP_NEXT_UDP;
	__u16 *check, was;
	int err;

	if (!at)
		return 0;
	if (p->is_skb) {
		err = bpf_l4_csum_replace(p->ctx, at, 0, (__u16)~skep_csum_fold(change),
					  (pseudo ? BPF_F_PSEUDO_HDR : 0) |
						  (is_udp ? BPF_F_MARK_MANGLED_0 : 0));
		skep_packet_refresh(p);
		return err;
	}
	check = skep_packet_bytes(p, at, 2);
	if (!check)
		return -SKEP_EBADMSG_;
	was = *check;
	if (is_udp && !was)
		return 0;
	was = skep_csum_update(was, change);
	*check = is_udp && !was ? 0xffff : was;
	return 0;
}

SKEP_INLINE_ int skep_set_ipv4_(struct skep_packet *p, bool is_dst, __u32 to)
{
	struct skep_ipv4 *ip = skep_packet_bytes(p, skep_forget_(p->ip_at), sizeof(*ip));
	__u32 from;
	__u64 change;

	if (skep_forget_(p->version) != 4)
		return -SKEP_EINVAL_;
	if (!ip)
		return -SKEP_EBADMSG_;
	from = is_dst ? ip->dst : ip->src;
	change = skep_csum_change(&from, &to, 4);
	if (is_dst)
		ip->dst = to;
	else
		ip->src = to;
	ip->check = skep_csum_update(ip->check, change);
	return skep_l4_fix_(p, change, true);
}

SKEP_INLINE_ int skep_set_ipv6_(struct skep_packet *p, bool is_dst, const __u32 *to)
{
	__u32 at = skep_forget_(p->ip_at) + (is_dst ? 24 : 8), new[4], *address;
	__u64 change;
	int err;

	if (skep_forget_(p->version) != 6)
		return -SKEP_EINVAL_;
	address = skep_packet_bytes(p, at, 16);
	if (!address)
		return -SKEP_EBADMSG_;
	__builtin_memcpy(new, to, sizeof(new));
	change = skep_csum_change(address, new, 16);
	if (!p->is_skb) {
		__builtin_memcpy(address, new, sizeof(new));
		return skep_l4_fix_(p, change, true);
	}
	/* bpf_l4_csum_replace() reckons with a checksum of the IP header; the flag makes up for it. */
	err = bpf_skb_store_bytes(p->ctx, at, new, sizeof(new), BPF_F_RECOMPUTE_CSUM);
	skep_packet_refresh(p);
	return err ? err : skep_l4_fix_(p, change, true);
}

SKEP_INLINE_ int skep_set_port_(struct skep_packet *p, bool is_dst, __u16 port)
{
	__u16 *ports = skep_packet_bytes(p, skep_forget_(p->l4_at), 4), from, to = bpf_htons(port);
	__u32 proto = skep_forget_(p->proto);

	if (proto != SKEP_NEXT_TCP && proto != SKEP_NEXT_UDP)
		return -SKEP_EINVAL_;
	if (!ports)
		return -SKEP_EBADMSG_;
	from = ports[is_dst];
	ports[is_dst] = to;
	return skep_l4_fix_(p, skep_csum_change(&from, &to, 2), false);
}
/** @endcond */

/**
 * Sets the addresses of the last Ethernet header.
 *
 * @param p   the cursor
 * @param dst 6 bytes, or NULL: stays
 * @param src 6 bytes, or NULL: stays
 * @return 0, or -EBADMSG when the header is not there
 * @kernel{4.8, direct packet access}
 */
SKEP_INLINE_ int skep_set_mac(struct skep_packet *p, const __u8 *dst, const __u8 *src)
{
	struct skep_eth *eth = skep_packet_bytes(p, p->eth_at, sizeof(*eth));

	if (!eth)
		return -SKEP_EBADMSG_;
	if (dst)
		__builtin_memcpy(eth->dst, dst, sizeof(eth->dst));
	if (src)
		__builtin_memcpy(eth->src, src, sizeof(eth->src));
	return 0;
}

/**
 * Sets the sender of the last IPv4 header.
 *
 * @param p    the cursor
 * @param addr the address in network order
 * @return 0, -EINVAL when the last IP header is not IPv4, -EBADMSG when it is not there
 * @kernel{4.8, direct packet access}
 */
SKEP_INLINE_ int skep_set_ipv4_src(struct skep_packet *p, __u32 addr)
{
	return skep_set_ipv4_(p, false, addr);
}

/**
 * Sets the receiver of the last IPv4 header.
 *
 * @param p    the cursor
 * @param addr the address in network order
 * @return 0, -EINVAL when the last IP header is not IPv4, -EBADMSG when it is not there
 * @kernel{4.8, direct packet access}
 */
SKEP_INLINE_ int skep_set_ipv4_dst(struct skep_packet *p, __u32 addr)
{
	return skep_set_ipv4_(p, true, addr);
}

/**
 * Sets the sender of the last IPv6 header.
 *
 * @param p    the cursor
 * @param addr 4 words in network order
 * @return 0, -EINVAL when the last IP header is not IPv6, -EBADMSG when it is not there
 * @kernel{4.8, direct packet access}
 */
SKEP_INLINE_ int skep_set_ipv6_src(struct skep_packet *p, const __u32 *addr)
{
	return skep_set_ipv6_(p, false, addr);
}

/**
 * Sets the receiver of the last IPv6 header. With a routing header the sums hang on its last
 * address: not for those.
 *
 * @param p    the cursor
 * @param addr 4 words in network order
 * @return 0, -EINVAL when the last IP header is not IPv6, -EBADMSG when it is not there
 * @kernel{4.8, direct packet access}
 */
SKEP_INLINE_ int skep_set_ipv6_dst(struct skep_packet *p, const __u32 *addr)
{
	return skep_set_ipv6_(p, true, addr);
}

/**
 * Sets the sender's port of the last TCP or UDP header.
 *
 * @param p    the cursor
 * @param port a number, not in network order
 * @return 0, -EINVAL when there is neither, -EBADMSG when it is not there any more
 * @kernel{4.8, direct packet access}
 */
SKEP_INLINE_ int skep_set_src_port(struct skep_packet *p, __u16 port)
{
	return skep_set_port_(p, false, port);
}

/**
 * Sets the receiver's port of the last TCP or UDP header.
 *
 * @param p    the cursor
 * @param port a number, not in network order
 * @return 0, -EINVAL when there is neither, -EBADMSG when it is not there any more
 * @kernel{4.8, direct packet access}
 */
SKEP_INLINE_ int skep_set_dst_port(struct skep_packet *p, __u16 port)
{
	return skep_set_port_(p, true, port);
}

/**
 * Sets how many routers the packet may still pass: TTL of IPv4, hop limit of IPv6.
 *
 * @param p   the cursor
 * @param ttl how many
 * @return 0, -EINVAL without IP, -EBADMSG when the header is not there
 * @kernel{4.8, direct packet access}
 */
SKEP_INLINE_ int skep_set_ttl(struct skep_packet *p, __u8 ttl)
{
	__u32 version = skep_forget_(p->version), at = skep_forget_(p->ip_at);
	struct skep_ipv4 *ip = skep_packet_bytes(p, at, sizeof(*ip));
	__u8 from[2], to[2];
	int err;

	if (!version)
		return -SKEP_EINVAL_;
	if (!ip)
		return -SKEP_EBADMSG_;
	if (version == 6 && p->is_skb) {
		/* Nothing makes up for it in the sum that a network card may have made of all. */
		err = bpf_skb_store_bytes(p->ctx, at + 7, &ttl, 1, BPF_F_RECOMPUTE_CSUM);
		skep_packet_refresh(p);
		return err;
	}
	if (version == 6) {
		((struct skep_ipv6 *)ip)->hops = ttl;
		return 0;
	}
	from[0] = ip->ttl;
	to[0] = ttl;
	from[1] = to[1] = ip->proto;
	ip->ttl = ttl;
	ip->check = skep_csum_update(ip->check, skep_csum_change(from, to, 2));
	return 0;
}

#endif
