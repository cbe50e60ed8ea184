/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_NET_IP_H
#define SKEP_BPF_NET_IP_H
/**
 * @file bpf/net/ip.h
 * IPv4 with options, IPv6 with extension headers, fragments of both. Part of bpf/net.h.
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
 *         skep_parse_eth(&p);
 *         if (!skep_parse_ipv4(&p) && !skep_parse_ipv6(&p))
 *                 return XDP_PASS;
 *         return p.is_fragment ? XDP_DROP : XDP_PASS;
 * }
 * @endcode
 *
 * What follows has to be within the length that the IP header says: what Ethernet adds to short
 * frames is not taken for a header. A length of 0 says nothing, as with packets above 64 KiB. Of
 * a fragment that is not the first, the next is SKEP_NEXT_FRAGMENT, so no ports are read from
 * the middle of a message. IPv4 is about 35 instructions, IPv6 about 60 and
 * 50 for each extension header; the verifier walks some 110 and 800.
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
#define SKEP_EXTENSIONS_ (1ULL << 0 | 1ULL << 43 | 1ULL << 44 | 1ULL << 51 | 1ULL << 60)

/* Hop by hop, routing, destination, fragment, authentication. */
SKEP_INLINE_ bool skep_is_extension_(__u64 next)
{
	return next < 64 && SKEP_EXTENSIONS_ >> next & 1;
}

/*
 * Steps over extension headers; false when they are not right. In the loop there are branches only
 * for what ends it. Each other would double what the verifier walks, and that eight times.
 */
SKEP_INLINE_ bool skep_take_extensions_(struct skep_packet *p)
{
	__u64 next = p->next, fragment = 0, missing = 0;

#pragma clang loop unroll(disable)
	for (int i = 0; i < SKEP_EXTENSIONS_MOST; i++) {
		__u64 is_fragment, is_auth, bytes, offset;
		__u8 *first;

		next = skep_forget_(next);
		if (!skep_is_extension_(next))
			break;
		first = skep_packet_bytes_(p, p->at, 8);
		if (!first)
			return false;
		is_fragment = skep_is_zero_(next ^ 44);
		is_auth = skep_is_zero_(next ^ 51);
		/* A fragment's header has 8 bytes, that of authentication counts in 4. */
		bytes = ((first[1] & (is_fragment - 1)) + 1 + is_auth) << (3 - is_auth);
		offset = ((__u64)first[2] << 8 | (first[3] & 0xf9)) & -is_fragment;
		missing |= p->left - bytes;
		fragment |= offset;
		/* From 256 on: not the first fragment. */
		next = first[0] | (skep_is_zero_(offset & 0xfff8) ^ 1) << 8;
		skep_packet_advance_(p, bytes);
	}
	p->is_fragment = fragment != 0;
	p->next = next > 0xff ? SKEP_NEXT_FRAGMENT : next == 59 ? SKEP_NEXT_NONE : next;
	return !(missing >> 63) && !skep_is_extension_(next) && p->at <= SKEP_PACKET_MOST_ &&
	       skep_packet_bytes_(p, p->at, 0);
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
	if (!skep_take_extensions_(p)) {
		p->at = at;
		return skep_packet_refuse_(p);
	}
	p->ip_at = at;
	p->version = 6;
	p->proto = 0;
	return ip;
}

#endif
