/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_NET_TRANSPORT_H
#define SKEP_BPF_NET_TRANSPORT_H
/**
 * @file bpf/net/transport.h
 * TCP with options, UDP, ICMP and ICMPv6. Part of bpf/net.h.
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
 *         struct skep_tcp *tcp;
 *
 *         skep_parse_eth(&p);
 *         skep_parse_ipv4(&p);
 *         tcp = skep_parse_tcp(&p);
 *         return tcp && tcp->flags & SKEP_TCP_SYN && skep_tcp_mss(&p) < 500 ? XDP_DROP : XDP_PASS;
 * }
 * @endcode
 *
 * 10 to 25 instructions each, of which the verifier walks 50 to 100. Looking for an option is
 * about 40 instructions for each that stands before it, and 2,600 to the verifier.
 */
#include <skep/bpf/net/packet.h>

/** Kinds of TCP options, and how long they are with kind and length. */
enum skep_tcp_option {
	SKEP_TCP_MSS = 2,        /**< 4 bytes */
	SKEP_TCP_SCALE = 3,      /**< 3 bytes */
	SKEP_TCP_SACK_OK = 4,    /**< 2 bytes */
	SKEP_TCP_TIMESTAMPS = 8, /**< 10 bytes */
};

/** @cond */
SKEP_INLINE_ void skep_packet_is_l4_(struct skep_packet *p, __u32 at, __u32 proto, __u32 next)
{
	p->l4_at = at;
	p->proto = proto;
	p->next = next;
}
/** @endcond */

/**
 * TCP, if that is next. Its options are stepped over.
 *
 * @param p the cursor
 * @return the header, or NULL when it is not next, not whole, or not right
 * @kernel{4.8}
 */
SKEP_INLINE_ struct skep_tcp *skep_parse_tcp(struct skep_packet *p)
{
	struct skep_tcp *tcp;
	__u32 at = p->at;
	__u64 bytes;

	if (p->next != SKEP_NEXT_TCP)
		return 0;
	tcp = skep_packet_peek_(p, sizeof(*tcp));
	if (!tcp)
		return skep_packet_refuse_(p);
	bytes = (tcp->words >> 4) * 4;
	if (bytes < sizeof(*tcp) || !skep_packet_take_(p, tcp, bytes))
		return skep_packet_refuse_(p);
	p->options = bytes - sizeof(*tcp);
	skep_packet_is_l4_(p, at, SKEP_NEXT_TCP, SKEP_NEXT_PAYLOAD);
	return tcp;
}

/**
 * UDP, if that is next. A length of 0 is right in IPv6 only, where it means a jumbogram.
 *
 * @param p the cursor
 * @return the header, or NULL when it is not next, not whole, or its length is below 8, or more
 *         than IP says
 * @kernel{4.8}
 */
SKEP_INLINE_ struct skep_udp *skep_parse_udp(struct skep_packet *p)
{
	struct skep_udp *udp;
	__u32 bytes;

	if (p->next != SKEP_NEXT_UDP)
		return 0;
	udp = skep_packet_peek_(p, sizeof(*udp));
	if (!udp)
		return skep_packet_refuse_(p);
	bytes = bpf_ntohs(udp->bytes);
	if (bytes ? bytes < sizeof(*udp) : p->version != 6)
		return skep_packet_refuse_(p);
	if (bytes > p->left && !p->is_fragment) /* of a fragment, the rest comes later */
		return skep_packet_refuse_(p);
	if (bytes && bytes < p->left)
		p->left = bytes;
	skep_packet_is_l4_(p, p->at, SKEP_NEXT_UDP, SKEP_NEXT_DATAGRAM);
	skep_packet_advance_(p, sizeof(*udp));
	return udp;
}

/** @cond */
SKEP_INLINE_ struct skep_icmp *skep_parse_icmp_(struct skep_packet *p, __u32 proto)
{
	struct skep_icmp *icmp;

	if (p->next != proto)
		return 0;
	icmp = skep_packet_peek_(p, sizeof(*icmp));
	if (!icmp)
		return skep_packet_refuse_(p);
	skep_packet_is_l4_(p, p->at, proto, SKEP_NEXT_PAYLOAD);
	skep_packet_advance_(p, sizeof(*icmp));
	return icmp;
}
/** @endcond */

/**
 * ICMP, if that is next: its first 8 bytes.
 *
 * @param p the cursor
 * @return the message, or NULL when it is not next, or shorter
 * @kernel{4.8}
 */
SKEP_INLINE_ struct skep_icmp *skep_parse_icmp(struct skep_packet *p)
{
	return skep_parse_icmp_(p, SKEP_NEXT_ICMP);
}

/**
 * ICMPv6, if that is next: its first 8 bytes.
 *
 * @param p the cursor
 * @return the message, or NULL when it is not next, or shorter
 * @kernel{4.8}
 */
SKEP_INLINE_ struct skep_icmp *skep_parse_icmp6(struct skep_packet *p)
{
	return skep_parse_icmp_(p, SKEP_NEXT_ICMP6);
}

/**
 * Where an option of the last TCP header is.
 *
 * @param p    the cursor, after skep_parse_tcp()
 * @param kind which: enum skep_tcp_option, or another number from 2 on
 * @return the offset in the packet of its kind byte, or 0: not there, or options are not right
 * @kernel{5.3, with loops}
 */
SKEP_INLINE_ __u32 skep_tcp_option_at(const struct skep_packet *p, __u8 kind)
{
	__u32 at = p->l4_at + sizeof(struct skep_tcp), left = p->options;

	if (p->proto != SKEP_NEXT_TCP)
		return 0;
#pragma clang loop unroll(disable)
	for (int i = 0; i < 40 && left; i++) {
		__u8 *option = skep_packet_bytes_(p, at, 1), *length;
		__u64 found, bytes, is_nop;

		if (!option)
			break;
		found = *option;
		is_nop = skep_is_zero_(found ^ 1);
		/* Of what fills up, which has no length, 1 is the kind and the length. */
		length = skep_packet_bytes_(p, at + 1 - is_nop, 1);
		if (!found || !length)
			break;
		bytes = *length;
		if (bytes + is_nop < 2 || bytes > left)
			break;
		if (found == kind)
			return at;
		at = skep_forget_(at + bytes);
		left = skep_forget_(left - bytes);
	}
	return 0;
}

/**
 * An option of the last TCP header.
 *
 * @param p     the cursor, after skep_parse_tcp()
 * @param kind  which: enum skep_tcp_option, or another number from 2 on
 * @param bytes how long it has to be, with kind and length: a constant
 * @return its kind byte, or NULL when it is not there or has another length
 * @kernel{5.3, with loops}
 */
SKEP_INLINE_ __u8 *skep_tcp_option(const struct skep_packet *p, __u8 kind, __u32 bytes)
{
	__u32 at = skep_tcp_option_at(p, kind);
	__u8 *option = at ? skep_packet_bytes(p, at, bytes) : 0;

	return option && option[1] == bytes ? option : 0;
}

/**
 * The largest segment that the sender of the last TCP header takes.
 *
 * @param p the cursor, after skep_parse_tcp()
 * @return bytes, or 0 when it does not say
 * @kernel{5.3, with loops}
 */
SKEP_INLINE_ __u32 skep_tcp_mss(const struct skep_packet *p)
{
	__u8 *option = skep_tcp_option(p, SKEP_TCP_MSS, 4);

	return option ? (__u32)option[2] << 8 | option[3] : 0;
}

#endif
