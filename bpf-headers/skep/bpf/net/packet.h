/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_NET_PACKET_H
#define SKEP_BPF_NET_PACKET_H
/**
 * @file bpf/net/packet.h
 * A cursor over a packet, the same for XDP and tc. Part of bpf/net.h.
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
 *
 *         if (skep_packet_is_bad(&p))
 *                 return XDP_DROP;
 *         return eth && eth->dst[0] & 1 ? XDP_DROP : XDP_PASS;
 * }
 * @endcode
 *
 * The cursor is an offset, not a pointer, so it survives what moves the packet's memory; headers
 * that were got before do not, and the verifier says so. An access through it is about 7
 * instructions, two of them branches; the verifier walks 10 to 15. What is behind 32 KiB cannot be
 * reached, nor are fragments of XDP's multi-buffer packets.
 *
 * In tc only a part of a packet lies in one piece, often the headers and sometimes nothing: call
 * skep_packet_pull() first. Tags that the hardware or the kernel took out are in `skb->vlan_tci`.
 */
#include <skep/bpf/net/headers.h>

/** The cursor. Read its members, and let the functions write them. */
struct skep_packet {
	void *ctx;            /**< the program's context */
	void *data;           /**< the packet's first byte */
	void *end;            /**< behind its last that can be read */
	__u32 at;             /**< where the next header begins */
	__u32 next;           /**< which it is: enum skep_next, or an EtherType or IP protocol */
	__u32 left;           /**< bytes that the headers so far say are left */
	__u32 eth_at;         /**< where the last Ethernet header began */
	__u32 ip_at;          /**< where the last IP header began */
	__u32 l4_at;          /**< where the last TCP, UDP or ICMP header began */
	__u32 options;        /**< bytes of options of the last TCP header, 0 to 40 */
	__u16 proto;          /**< the IP protocol of the header at l4_at, 0 before there is one */
	__u8 version;         /**< 4 or 6 of the header at ip_at, 0 before there is one */
	__u8 is_skb : 1;      /**< tc, and not XDP */
	__u8 is_bad : 1;      /**< see skep_packet_is_bad() */
	__u8 is_fragment : 1; /**< part of an IP packet, the first included */
};

/** @cond */
#define SKEP_PACKET_MASK_ 0x7fff /* the verifier follows a packet's bytes up to 0xffff */
#define SKEP_PACKET_MOST_ 0x3000 /* where headers may begin that follow one of any length */
#define SKEP_PACKET_ALL_  0xffff /* `left`, while no header has told */
#define SKEP_EBADMSG_     74     /* no errno.h here: it is not for BPF */
#define SKEP_EINVAL_      22

/* The same number, of which clang knows nothing any more: it would take checks out. */
#define SKEP_OPAQUE_(x) asm volatile("" : "+r"(x))

/*
 * The same number, below 2^16, of which the verifier knows nothing any more. Ways through the
 * packet that differ by an offset only would else be walked one by one to the program's end: a
 * parser of all headers had more than the million instructions that it walks. Half words in the
 * middle of a slot on the stack are what no kernel follows, except a zero: so it is never one.
 */
SKEP_INLINE_ __u32 skep_forget_(__u32 number)
{
	volatile struct {
		__u16 before;
		__u16 number;
		__u32 behind;
	} slot __attribute__((aligned(8)));

	slot.number = number ^ 0x8000;
	return slot.number ^ 0x8000;
}

/* 1 where a number below 2^63 is 0, else 0, without a branch: the verifier would follow both ways. */
SKEP_INLINE_ __u64 skep_is_zero_(__u64 number)
{
	SKEP_OPAQUE_(number);
	return (number - 1) >> 63;
}

/*
 * A number of a program's context. In assembly, because clang may else add to the pointer first,
 * which the verifier refuses, where offsets are CO-RE's (vmlinux.h) or are chosen at run time.
 */
#ifdef __bpf__
#define SKEP_CTX_(type, ctx, member)                                                               \
	({                                                                                         \
		__u64 skep_number_;                                                                \
		asm volatile("%0 = *(u32 *)(%1 + %2)"                                              \
			     : "=r"(skep_number_)                                                  \
			     : "r"(ctx), "i"(__builtin_offsetof(type, member)));                   \
		skep_number_;                                                                      \
	})
#else
#define SKEP_CTX_(type, ctx, member) ((__u64)((type *)(ctx))->member)
#endif

SKEP_INLINE_ struct skep_packet skep_packet_xdp_(struct xdp_md *ctx)
{
	struct skep_packet p = {
		.ctx = ctx,
		.data = (void *)SKEP_CTX_(struct xdp_md, ctx, data),
		.end = (void *)SKEP_CTX_(struct xdp_md, ctx, data_end),
		.next = SKEP_NEXT_ETH,
		.left = SKEP_PACKET_ALL_,
	};

	return p;
}

SKEP_INLINE_ struct skep_packet skep_packet_skb_(struct __sk_buff *ctx)
{
	struct skep_packet p = {
		.ctx = ctx,
		.data = (void *)SKEP_CTX_(struct __sk_buff, ctx, data),
		.end = (void *)SKEP_CTX_(struct __sk_buff, ctx, data_end),
		.next = SKEP_NEXT_ETH,
		.left = SKEP_PACKET_ALL_,
		.is_skb = 1,
	};

	return p;
}
/** @endcond */

/**
 * A cursor at the beginning of a packet, which is an Ethernet header. `ctx` is the program's
 * `struct xdp_md *` or `struct __sk_buff *`. @kernel{4.8}
 */
#define skep_packet(ctx)                                                                           \
	_Generic((ctx), struct xdp_md *                                                            \
		 : skep_packet_xdp_, struct __sk_buff *                                            \
		 : skep_packet_skb_)(ctx)

/**
 * Reads anew where the packet lies: after a helper that moves it. Offsets stay as they are.
 *
 * @param p the cursor
 * @kernel{4.8}
 */
SKEP_INLINE_ void skep_packet_refresh(struct skep_packet *p)
{
	if (p->is_skb) {
		p->data = (void *)SKEP_CTX_(struct __sk_buff, p->ctx, data);
		p->end = (void *)SKEP_CTX_(struct __sk_buff, p->ctx, data_end);
	} else {
		p->data = (void *)SKEP_CTX_(struct xdp_md, p->ctx, data);
		p->end = (void *)SKEP_CTX_(struct xdp_md, p->ctx, data_end);
	}
}

/**
 * Begins anew at the first byte.
 *
 * @param p    the cursor
 * @param next what is there: SKEP_NEXT_ETH, or SKEP_NEXT_IP on interfaces without Ethernet
 * @kernel{4.8}
 */
SKEP_INLINE_ void skep_packet_rewind(struct skep_packet *p, __u32 next)
{
	skep_packet_refresh(p);
	p->at = p->eth_at = p->ip_at = p->l4_at = p->options = 0;
	p->next = next;
	p->left = SKEP_PACKET_ALL_;
	p->proto = p->version = p->is_bad = p->is_fragment = 0;
}

/**
 * Whether a header was next, but was cut short, or contradicted itself, or is of a version that is
 * not known: why a `skep_parse_...()` gave NULL that should not have.
 *
 * @param p the cursor
 * @return whether it was
 */
SKEP_INLINE_ bool skep_packet_is_bad(const struct skep_packet *p)
{
	return p->is_bad;
}

/**
 * Bytes of a packet.
 *
 * @param p     the cursor
 * @param at    where, from the packet's first byte
 * @param bytes how many: a constant
 * @return the first of them, or NULL when not all are there
 * @kernel{4.8}
 */
SKEP_INLINE_ void *skep_packet_bytes(const struct skep_packet *p, __u64 at, __u32 bytes)
{
	char *first = p->data;

	if (at > SKEP_PACKET_MASK_)
		return 0;
	SKEP_OPAQUE_(at);
	first += at & SKEP_PACKET_MASK_;
	SKEP_OPAQUE_(first); /* one register, which is the one that is compared */
	if ((void *)(first + bytes) > p->end)
		return 0;
	return first;
}

/** @cond */
/* NULL for good: what was next is not as it should be. */
SKEP_INLINE_ void *skep_packet_refuse_(struct skep_packet *p)
{
	p->is_bad = 1;
	p->next = SKEP_NEXT_NONE;
	return 0;
}

/* As skep_packet_bytes(), where the offset is small for sure: masked, which is not a branch. */
SKEP_INLINE_ void *skep_packet_bytes_(const struct skep_packet *p, __u64 at, __u32 bytes)
{
	char *first = p->data;

	SKEP_OPAQUE_(at);
	first += at & SKEP_PACKET_MASK_;
	SKEP_OPAQUE_(first);
	return (void *)(first + bytes) > p->end ? 0 : first;
}

/* Looks at the next header's first bytes without taking them. Offsets are small: see below. */
SKEP_INLINE_ void *skep_packet_peek_(const struct skep_packet *p, __u32 bytes)
{
	return p->left < bytes ? 0 : skep_packet_bytes_(p, p->at, bytes);
}

SKEP_INLINE_ void skep_packet_advance_(struct skep_packet *p, __u32 bytes)
{
	p->at = skep_forget_(p->at + bytes);
	p->left = skep_forget_(p->left - bytes);
}

/*
 * Goes on behind a header, whose first bytes are at `first`; false when it is not all there.
 * `bytes` is below 2,049, as all headers are, and headers begin below SKEP_PACKET_MOST_: so `at`
 * stays below the mask.
 */
SKEP_INLINE_ bool skep_packet_take_(struct skep_packet *p, void *first, __u64 bytes)
{
	if (p->left < bytes || p->at > SKEP_PACKET_MOST_ ||
	    (void *)((char *)first + bytes) > p->end)
		return false;
	skep_packet_advance_(p, bytes);
	return true;
}
/** @endcond */

/**
 * Steps over bytes that are not looked at.
 *
 * @param p     the cursor
 * @param bytes how many: up to 2,048, from a place below 12 KiB
 * @return 0, or -EBADMSG when they are more, or not all there
 * @kernel{4.8}
 */
SKEP_INLINE_ int skep_packet_skip(struct skep_packet *p, __u32 bytes)
{
	char *first = skep_packet_peek_(p, 0);

	if (!first || bytes > 2048)
		return -SKEP_EBADMSG_;
	return skep_packet_take_(p, first, bytes) ? 0 : -SKEP_EBADMSG_;
}

/**
 * In tc: puts the packet's first bytes in one piece, so that they can be read and written. In XDP
 * they are. Pointers that were got before are invalid afterwards, in tc.
 *
 * @param p     the cursor
 * @param bytes how many; of a shorter packet all
 * @return 0, -EBADMSG when the packet is shorter, -ENOMEM
 * @kernel{4.9}
 */
SKEP_INLINE_ int skep_packet_pull(struct skep_packet *p, __u32 bytes)
{
	__u32 length;
	int err;

	if (!p->is_skb)
		return skep_packet_bytes(p, bytes, 0) ? 0 : -SKEP_EBADMSG_;
	length = SKEP_CTX_(struct __sk_buff, p->ctx, len);
	err = bpf_skb_pull_data(p->ctx, bytes < length ? bytes : length);
	skep_packet_refresh(p);
	return err ? err : bytes > length ? -SKEP_EBADMSG_ : 0;
}

#endif
