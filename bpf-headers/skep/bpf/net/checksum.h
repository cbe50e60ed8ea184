/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_NET_CHECKSUM_H
#define SKEP_BPF_NET_CHECKSUM_H
/**
 * @file bpf/net/checksum.h
 * The Internet's checksum: kept right where something changes, or made anew. Part of bpf/net.h.
 *
 * @code{.c}
 * #include <skep/bpf/net.h>
 *
 * SKEP_LICENSE("GPL");
 *
 * SEC("xdp")
 * int whole_only(struct xdp_md *ctx)
 * {
 *         struct skep_packet p = skep_packet(ctx);
 *         struct skep_udp *udp;
 *
 *         skep_parse_eth(&p);
 *         skep_parse_ipv4(&p);
 *         udp = skep_parse_udp(&p);
 *         return udp && udp->check && skep_csum_l4(&p, 1500) ? XDP_DROP : XDP_PASS;
 * }
 * @endcode
 *
 * A change costs about 15 instructions however long the packet is (RFC 1624, equation 3), and has
 * no branches. Of a whole count the verifier walks twice the bytes that there may be. In tc use
 * skep_set_ipv4_dst() and its like for what TCP and UDP sum up: the kernel may have left their
 * checksum to the hardware.
 */
#include <skep/bpf/net/packet.h>

/**
 * Folds a sum to 16 bits, and inverts it.
 *
 * @param sum of words of 16 or 32 bits in memory's order; fewer than 2^32 of them
 * @return a checksum as it stands in a header
 */
SKEP_INLINE_ __u16 skep_csum_fold(__u64 sum)
{
	sum = (sum & 0xffffffff) + (sum >> 32);
	sum = (sum & 0xffff) + (sum >> 16 & 0xffff) + (sum >> 32);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

/**
 * What a change adds to a sum.
 *
 * @param from  what was there
 * @param to    what is there now
 * @param bytes how many: a constant, even, at most 64; they begin at an even place of what is
 *              summed up
 * @return a sum for skep_csum_update()
 */
SKEP_INLINE_ __u64 skep_csum_change(const void *from, const void *to, __u32 bytes)
{
	const __u16 *old = from, *new = to;
	__u64 sum = 0;

#pragma clang loop unroll(full)
	for (__u32 i = 0; i < bytes / 2; i++)
		sum += (__u64)(__u16)~old[i] + new[i];
	return sum;
}

/**
 * A checksum after a change.
 *
 * @param check  as it was in the header
 * @param change of skep_csum_change(), or several of them added
 * @return as it has to be now
 */
SKEP_INLINE_ __u16 skep_csum_update(__u16 check, __u64 change)
{
	return skep_csum_fold((__u64)(__u16)~check + change);
}

/**
 * The sum of an IPv4 header with its options: 0 when its checksum is right. For a new one set
 * `check` to 0 before.
 *
 * @param p  the cursor
 * @param at where the header begins, as `p.ip_at`
 * @return the checksum, or -EBADMSG when the header is not whole or not right
 * @kernel{5.3, with loops}
 */
SKEP_INLINE_ int skep_csum_ipv4(const struct skep_packet *p, __u32 at)
{
	struct skep_ipv4 *ip = skep_packet_bytes(p, at, sizeof(*ip));
	__u32 bytes;
	__u64 sum = 0;

	if (!ip)
		return -SKEP_EBADMSG_;
	bytes = (ip->version_words & 15) * 4;
	if (bytes < sizeof(*ip))
		return -SKEP_EBADMSG_;
#pragma clang loop unroll(disable)
	for (__u32 i = 0; i < 15; i++) {
		__u32 *word;

		if (i * 4 >= bytes)
			break;
		word = skep_packet_bytes(p, at + i * 4, 4);
		if (!word)
			return -SKEP_EBADMSG_;
		sum += *word;
	}
	return skep_csum_fold(sum);
}

/**
 * The sum of any bytes of a packet, for a whole new checksum: add that of the pseudo header, and
 * skep_csum_fold() it. `most` bounds what the verifier has to walk: 1,500 bytes are some 2,000
 * instructions to it.
 *
 * @param p     the cursor
 * @param at    where
 * @param bytes how many
 * @param most  of which there are not more: a constant, at most 16,384
 * @param sum   is added to
 * @return 0, or -EBADMSG when they are not all there, or more than `most`
 * @kernel{5.3, with loops}
 */
SKEP_INLINE_ int skep_csum_add(const struct skep_packet *p, __u32 at, __u32 bytes, __u32 most,
			       __u64 *sum)
{
	__u64 total = 0;

	if (bytes > most)
		return -SKEP_EBADMSG_;
#pragma clang loop unroll(disable)
	for (__u32 i = 0; i < most / 32; i++) {
		__u32 *w;

		if (bytes < 32)
			break;
		w = skep_packet_bytes(p, at, 32);
		if (!w)
			return -SKEP_EBADMSG_;
		total += (__u64)w[0] + w[1] + w[2] + w[3] + w[4] + w[5] + w[6] + w[7];
		at = skep_forget_(at + 32);
		bytes = skep_forget_(bytes - 32);
	}
#pragma clang loop unroll(disable)
	for (__u32 i = 0; i < 16; i++) {
		__u16 *half;

		if (bytes < 2)
			break;
		half = skep_packet_bytes(p, at, 2);
		if (!half)
			return -SKEP_EBADMSG_;
		total += *half;
		at = skep_forget_(at + 2);
		bytes = skep_forget_(bytes - 2);
	}
	if (bytes) { /* an odd one is the first half of a word */
		__u8 *last = skep_packet_bytes(p, at, 1);

		if (!last)
			return -SKEP_EBADMSG_;
		total += bpf_htons((__u16)(*last << 8));
	}
	*sum += total;
	return 0;
}

/** @cond */
/* What TCP, UDP and ICMPv6 sum up beside themselves: addresses, protocol, length. */
SKEP_INLINE_ int skep_csum_pseudo_(const struct skep_packet *p, __u32 bytes, __u64 *sum)
{
	__u32 *word, version = skep_forget_(p->version), at = skep_forget_(p->ip_at);

	*sum = (__u64)bpf_htonl(bytes) + bpf_htonl(p->proto);
	word = skep_packet_bytes(p, at + (version == 6 ? 8 : 12), 8);
	if (!word)
		return -SKEP_EBADMSG_;
	*sum += (__u64)word[0] + word[1];
	if (version != 6)
		return 0;
	word = skep_packet_bytes(p, at + 16, 24);
	if (!word)
		return -SKEP_EBADMSG_;
	*sum += (__u64)word[0] + word[1] + word[2] + word[3] + word[4] + word[5];
	return 0;
}
/** @endcond */

/**
 * The sum of the last TCP, UDP, ICMP or ICMPv6 header, of what it carries, and of the addresses: 0
 * when its checksum is right. For a new one set `check` to 0 before; of UDP a 0 is then sent as
 * 0xffff, and one whose `check` is 0 has none. What is behind the IP packet's end is not summed
 * up. Of IPv6 with a routing header that has segments left, the sum is for another receiver than this
 * one's: not right. In tc packets of this machine have sums that are not finished yet.
 *
 * @param p    the cursor, behind that header
 * @param most bytes of which there are not more: a constant, at most 16,384
 * @return the checksum, -EINVAL without such a header or of a fragment, -EBADMSG when not all is
 *         there, or more than `most`
 * @kernel{5.3, with loops}
 */
SKEP_INLINE_ int skep_csum_l4(const struct skep_packet *p, __u32 most)
{
	__u32 bytes = p->at + p->left - p->l4_at;
	__u64 sum = 0;
	int err;

	if (!p->proto || p->is_fragment)
		return -SKEP_EINVAL_;
	if (p->proto != SKEP_NEXT_ICMP && (err = skep_csum_pseudo_(p, bytes, &sum)))
		return err;
	err = skep_csum_add(p, p->l4_at, bytes, most, &sum);
	return err ? err : skep_csum_fold(sum);
}

#endif
