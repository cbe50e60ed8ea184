/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_NET_FLOW_H
#define SKEP_BPF_NET_FLOW_H
/**
 * @file bpf/net/flow.h
 * Who talks to whom, of a packet: keys of hashes and of LPM tries. Part of bpf/net.h.
 *
 * @code{.c}
 * #include <skep/bpf/net.h>
 *
 * SKEP_LICENSE("GPL");
 * SKEP_HASH(packets, struct skep_flow, __u64, 10000);
 *
 * SEC("xdp")
 * int on_packet(struct xdp_md *ctx)
 * {
 *         struct skep_packet p = skep_packet(ctx);
 *         struct skep_flow flow;
 *
 *         if (!skep_parse_flow(&p, &flow))
 *                 skep_map_add(&packets, &flow, 1);
 *         return XDP_PASS;
 * }
 * @endcode
 *
 * The hash is skep_flow_hash() of skep/types/flow.h, which user space has too. skep_parse_flow()
 * is about 250 instructions, and 3,000 to 5,000 to the verifier: the hash is 50 of them.
 */
#include <skep/bpf/net/ip.h>
#include <skep/bpf/net/link.h>
#include <skep/bpf/net/transport.h>
#include <skep/types/flow.h>

/** @cond */
/* Ports of what has them; of ICMP, the rest and fragments none. */
SKEP_INLINE_ void skep_parse_ports_(struct skep_packet *p, struct skep_flow *flow)
{
	__u32 next = p->next;
	__u16 *ports;

	if (next == SKEP_NEXT_TCP)
		ports = (__u16 *)skep_parse_tcp(p);
	else if (next == SKEP_NEXT_UDP)
		ports = (__u16 *)skep_parse_udp(p);
	else
		ports = 0;
	if (ports) {
		flow->src_port = bpf_ntohs(ports[0]);
		flow->dst_port = bpf_ntohs(ports[1]);
	}
}

/* Addresses and protocol, if IP is next. */
SKEP_INLINE_ int skep_parse_ip_flow_(struct skep_packet *p, struct skep_flow *flow)
{
	struct skep_ipv4 *ip;
	struct skep_ipv6 *ip6;

	__builtin_memset(flow, 0, sizeof(*flow));
	if ((ip = skep_parse_ipv4(p))) {
		flow->version = 4;
		flow->proto = ip->proto;
		__builtin_memcpy(flow->src, &ip->src, 4);
		__builtin_memcpy(flow->dst, &ip->dst, 4);
	} else if ((ip6 = skep_parse_ipv6(p))) {
		flow->version = 6;
		flow->proto = p->next == SKEP_NEXT_FRAGMENT ? 44
			      : p->next == SKEP_NEXT_NONE   ? 59
							    : p->next;
		__builtin_memcpy(flow->src, ip6->src, 16);
		__builtin_memcpy(flow->dst, ip6->dst, 16);
	} else {
		return skep_packet_is_bad(p) ? -SKEP_EBADMSG_ : -SKEP_EINVAL_;
	}
	return 0;
}
/** @endcond */

/**
 * The flow of an Ethernet or IP packet, over VLAN tags, options and extension headers. Fragments
 * that are not the first have no ports: their `src_port` and `dst_port` are 0. Of IPv6, `proto` is
 * that behind the extension headers; of its later fragments it is 44.
 *
 * @param p    the cursor, before Ethernet, a VLAN tag or IP; goes on behind TCP or UDP, or behind IP
 * @param flow gets the flow; undefined on failure
 * @return 0, -EINVAL when it is no IP, -EBADMSG when a header is not right
 * @kernel{5.3, with loops}
 */
SKEP_INLINE_ int skep_parse_flow(struct skep_packet *p, struct skep_flow *flow)
{
	int err;

	skep_parse_eth(p);
	skep_parse_vlans(p);
	err = skep_parse_ip_flow_(p, flow);
	if (err)
		return err;
	skep_parse_ports_(p, flow);
	return skep_packet_is_bad(p) ? -SKEP_EBADMSG_ : 0;
}

/** @cond */
/* Types of ICMP and ICMPv6 that quote the packet they are about. */
SKEP_INLINE_ bool skep_icmp_quotes_(__u32 proto, __u8 type)
{
	if (proto == SKEP_NEXT_ICMP6)
		return type >= 1 && type <= 4;
	return proto == SKEP_NEXT_ICMP &&
	       (type == 3 || type == 4 || type == 5 || type == 11 || type == 12);
}
/** @endcond */

/**
 * The flow of the packet that an ICMP or ICMPv6 error quotes: as it was sent, so its `src` is whom the
 * error is for. Eight bytes behind the quoted IP header are enough, as routers quote no more of TCP.
 *
 * @param p    the cursor, after skep_parse_icmp() or skep_parse_icmp6(); goes on behind the quoted IP header
 * @param flow gets the flow; undefined on failure
 * @return 0, -EINVAL when the message is no error, -EBADMSG when what it quotes is not right
 * @kernel{5.3, with loops}
 */
SKEP_INLINE_ int skep_parse_quoted(struct skep_packet *p, struct skep_flow *flow)
{
	struct skep_icmp *icmp = skep_packet_bytes(p, skep_forget_(p->l4_at), sizeof(*icmp));
	__u32 proto;
	__u16 *ports;
	int err;

	if (!icmp || p->next != SKEP_NEXT_PAYLOAD || !skep_icmp_quotes_(p->proto, icmp->type))
		return -SKEP_EINVAL_;
	p->next = SKEP_NEXT_IP;
	err = skep_parse_ip_flow_(p, flow);
	if (err)
		return -SKEP_EBADMSG_;
	proto = p->next;
	if (proto != SKEP_NEXT_TCP && proto != SKEP_NEXT_UDP)
		return 0;
	ports = skep_packet_peek_(p, 4);
	if (!ports) {
		skep_packet_refuse_(p);
		return -SKEP_EBADMSG_;
	}
	flow->src_port = bpf_ntohs(ports[0]);
	flow->dst_port = bpf_ntohs(ports[1]);
	return 0;
}

/**
 * An IPv4 address as a key to look up in an LPM trie.
 *
 * @param addr in network order
 * @return the key, of 32 bits
 */
SKEP_INLINE_ struct skep_lpm4 skep_lpm4_key(__u32 addr)
{
	struct skep_lpm4 key = { .prefixlen = 32 };

	__builtin_memcpy(key.addr, &addr, sizeof(key.addr));
	return key;
}

/**
 * An IPv6 address as a key to look up in an LPM trie.
 *
 * @param addr 4 words in network order, as `ip->src`
 * @return the key, of 128 bits
 */
SKEP_INLINE_ struct skep_lpm6 skep_lpm6_key(const __u32 *addr)
{
	struct skep_lpm6 key = { .prefixlen = 128 };

	__builtin_memcpy(key.addr, addr, sizeof(key.addr));
	return key;
}

#endif
