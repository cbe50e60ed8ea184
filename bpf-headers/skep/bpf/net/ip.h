/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_NET_IP_H
#define SKEP_BPF_NET_IP_H
/**
 * @file bpf/net/ip.h
 * IPv4 with options, IPv6 with extension headers, fragments of both. Part of bpf/net.h.
 *
 * @code{.c}
 * struct skep_ipv4 *ip = skep_parse_ipv4(&p);
 * struct skep_ipv6 *ip6 = skep_parse_ipv6(&p);
 *
 * if (!ip && !ip6)
 *         return XDP_PASS;
 * @endcode
 *
 * What follows has to be within the length that the IP header says: what Ethernet adds to short
 * frames is not taken for a header. A length of 0 says nothing, as with packets above 64 KiB. Of
 * a fragment that is not the first, the next is SKEP_NEXT_FRAGMENT, so no ports are read from
 * the middle of a message. IPv4 is about 35 instructions, IPv6 about 80.
 */
#include <skep/bpf/net/packet.h>

/** How many extension headers of IPv6 are stepped over; with more, the packet is bad. */
#ifndef SKEP_EXTENSIONS_MOST
#define SKEP_EXTENSIONS_MOST 8
#endif

/** @cond */
/* Whether an IP header is next, of this version and these numbers. */
SKEP_INLINE_ bool skep_ip_is_next_(const struct skep_packet *p, __u32 type, __u32 proto,
				   __u8 version)
{
	__u8 *first;

	if (p->next == type || p->next == proto)
		return true;
	if (p->next != SKEP_NEXT_IP)
		return false;
	first = skep_packet_peek_(p, 1);
	return first && *first >> 4 == version;
}

/* From here on only what the header says is there counts; 0 says nothing. */
SKEP_INLINE_ void skep_packet_limit_(struct skep_packet *p, __u32 bytes)
{
	if (bytes && bytes < p->left)
		p->left = bytes;
}
/** @endcond */

/**
 * Bytes of an IPv4 header with its options.
 *
 * @param ip the header
 * @return 20 to 60
 */
SKEP_INLINE_ __u32 skep_ipv4_bytes(const struct skep_ipv4 *ip)
{
	return (ip->version_words & 15) * 4;
}

/**
 * IPv4, if that is next: also within IP. Its options are stepped over.
 *
 * @param p the cursor
 * @return the header, or NULL when it is not next, not whole, or not right
 * @kernel{4.8}
 */
SKEP_INLINE_ struct skep_ipv4 *skep_parse_ipv4(struct skep_packet *p)
{
	__u32 total, fragment, at = p->at;
	struct skep_ipv4 *ip;
	__u64 bytes;

	if (!skep_ip_is_next_(p, SKEP_NEXT_IPV4, SKEP_NEXT_IPV4_IN_IP, 4))
		return 0;
	ip = skep_packet_peek_(p, sizeof(*ip));
	if (!ip || ip->version_words >> 4 != 4)
		return skep_packet_refuse_(p);
	bytes = skep_ipv4_bytes(ip);
	total = bpf_ntohs(ip->total);
	if (bytes < sizeof(*ip) || (total && total < bytes))
		return skep_packet_refuse_(p);
	skep_packet_limit_(p, total);
	if (!skep_packet_take_(p, ip, bytes))
		return skep_packet_refuse_(p);
	fragment = bpf_ntohs(ip->fragment);
	p->ip_at = at;
	p->version = 4;
	p->proto = 0;
	p->is_fragment = (fragment & 0x3fff) != 0;
	p->next = fragment & 0x1fff ? SKEP_NEXT_FRAGMENT : ip->proto;
	return ip;
}

/** @cond */
/* How long an extension header is, by its number and its first 4 bytes; 0 when it is none. */
SKEP_INLINE_ __u32 skep_extension_bytes_(__u32 next, const __u8 *first)
{
	switch (next) {
	case 0:  /* hop by hop */
	case 43: /* routing */
	case 60: /* destination */
		return (first[1] + 1) * 8;
	case 44: /* fragment */
		return 8;
	case 51: /* authentication */
		return (first[1] + 2) * 4;
	default:
		return 0;
	}
}

SKEP_INLINE_ bool skep_is_extension_(__u32 next)
{
	return next == 0 || next == 43 || next == 60 || next == 44 || next == 51;
}

/* Steps over extension headers; false when they are not right. */
SKEP_INLINE_ bool skep_take_extensions_(struct skep_packet *p)
{
	__u32 next = p->next;

#pragma clang loop unroll(disable)
	for (int i = 0; i < SKEP_EXTENSIONS_MOST; i++) {
		__u8 *first;
		__u32 was = skep_forget_(next);

		if (!skep_is_extension_(was))
			break;
		first = skep_packet_peek_(p, 8);
		if (!first || !skep_packet_take_(p, first, skep_extension_bytes_(was, first)))
			return false;
		next = skep_forget_(first[0]);
		if (was != 44)
			continue;
		if (first[2] || first[3] & 0xf9)
			p->is_fragment = 1;
		if (first[2] || first[3] & 0xf8) {
			next = SKEP_NEXT_FRAGMENT;
			break;
		}
	}
	p->next = next == 59 ? SKEP_NEXT_NONE : next;
	return !skep_is_extension_(next) && p->at <= SKEP_PACKET_MOST_;
}
/** @endcond */

/**
 * IPv6, if that is next: also within IP. Its extension headers are stepped over: hop by hop,
 * routing, destination, authentication and fragment.
 *
 * @param p the cursor
 * @return the header, or NULL when it is not next, not whole, or not right
 * @kernel{5.3, with loops}
 */
SKEP_INLINE_ struct skep_ipv6 *skep_parse_ipv6(struct skep_packet *p)
{
	struct skep_ipv6 *ip;
	__u32 at = p->at;

	if (!skep_ip_is_next_(p, SKEP_NEXT_IPV6, SKEP_NEXT_IPV6_IN_IP, 6))
		return 0;
	ip = skep_packet_peek_(p, sizeof(*ip));
	if (!ip || *(__u8 *)ip >> 4 != 6)
		return skep_packet_refuse_(p);
	skep_packet_advance_(p, sizeof(*ip));
	p->is_fragment = 0;
	p->next = ip->next;
	skep_packet_limit_(p, bpf_ntohs(ip->payload));
	if (!skep_take_extensions_(p))
		return skep_packet_refuse_(p);
	p->ip_at = at;
	p->version = 6;
	p->proto = 0;
	return ip;
}

#endif
