/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_NET_HEADERS_H
#define SKEP_BPF_NET_HEADERS_H
/**
 * @file bpf/net/headers.h
 * What protocols' headers look like. Part of bpf/net.h.
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
 *         struct skep_ipv4 *ip;
 *
 *         skep_parse_eth(&p);
 *         ip = skep_parse_ipv4(&p);
 *         return ip && ip->proto == SKEP_NEXT_TCP && ip->ttl < 5 ? XDP_DROP : XDP_PASS;
 * }
 * @endcode
 *
 * Laid out as the kernel's iphdr and its like, so a cast is allowed in both directions; but without
 * bit-fields, and with names that are the same with vmlinux.h and without. A struct of vmlinux.h
 * would be relocated against the running kernel, which is not what packets hang on. Numbers of
 * more than one byte are in network order: bpf_ntohs() and bpf_ntohl() read them.
 */
#include <skep/bpf/base.h>
#include <bpf/bpf_endian.h>

/**
 * What comes next in a packet: one number for all layers. From 0x600 on it is an EtherType, below
 * 256 an IP protocol, also where it is not listed here.
 */
enum skep_next {
	SKEP_NEXT_ICMP = 1,
	SKEP_NEXT_IPV4_IN_IP = 4,
	SKEP_NEXT_TCP = 6,
	SKEP_NEXT_UDP = 17,
	SKEP_NEXT_IPV6_IN_IP = 41,
	SKEP_NEXT_GRE = 47,
	SKEP_NEXT_ICMP6 = 58,
	SKEP_NEXT_SCTP = 132,
	SKEP_NEXT_NONE = 0x100,     /**< nothing, or nothing that is understood */
	SKEP_NEXT_FRAGMENT = 0x101, /**< a fragment that is not the first: no header is there */
	SKEP_NEXT_PAYLOAD = 0x102,  /**< what TCP and ICMP carry */
	SKEP_NEXT_DATAGRAM = 0x103, /**< what UDP carries: perhaps a tunnel */
	SKEP_NEXT_LLC = 0x104,      /**< an Ethernet frame with a length instead of a type */
	SKEP_NEXT_ETH = 0x105,      /**< an Ethernet header: where packets begin */
	SKEP_NEXT_IP = 0x106,       /**< IPv4 or IPv6, as the first half byte says */
	SKEP_NEXT_IPV4 = 0x0800,
	SKEP_NEXT_ARP = 0x0806,
	SKEP_NEXT_BRIDGE = 0x6558, /**< Ethernet in GRE or GENEVE; given as SKEP_NEXT_ETH */
	SKEP_NEXT_VLAN = 0x8100,
	SKEP_NEXT_IPV6 = 0x86dd,
	SKEP_NEXT_MPLS = 0x8847,
	SKEP_NEXT_VLAN_AD = 0x88a8,
	SKEP_NEXT_VLAN_QINQ = 0x9100,
};

/** Ethernet. */
struct skep_eth {
	__u8 dst[6]; /**< the receiver */
	__u8 src[6]; /**< the sender */
	__u16 type;  /**< of what follows: an EtherType, or below 0x600 a length */
};

/** A VLAN tag: what stands behind the type that says so. */
struct skep_vlan {
	__u16 tci;  /**< priority (3 bits), drop eligible (1), VLAN (12) */
	__u16 type; /**< of what follows */
};

/** ARP for IPv4 over Ethernet. */
struct skep_arp {
	__u16 hardware;      /**< 1 is Ethernet */
	__u16 protocol;      /**< 0x0800 is IPv4 */
	__u8 hardware_bytes; /**< 6 */
	__u8 protocol_bytes; /**< 4 */
	__u16 op;            /**< 1 asks, 2 answers */
	__u8 src_mac[6];     /**< of who speaks */
	__u8 src[4];         /**< of who speaks */
	__u8 dst_mac[6];     /**< of who is meant; where that is asked, nothing */
	__u8 dst[4];         /**< of who is meant */
};

/** IPv4, without options. */
struct skep_ipv4 {
	__u8 version_words; /**< 4, and how many words of 4 bytes the header has */
	__u8 tos;           /**< class of service (6 bits), congestion (2) */
	__u16 total;        /**< bytes of header and payload */
	__u16 id;           /**< of what belongs together, of fragments */
	__u16 fragment;     /**< 0x4000 do not, 0x2000 more follow, the rest: offset in 8 bytes */
	__u8 ttl;           /**< how many routers may still pass it on */
	__u8 proto;         /**< of what follows */
	__u16 check;        /**< of this header */
	__u32 src;          /**< the sender */
	__u32 dst;          /**< the receiver */
};

/** IPv6, without extension headers. */
struct skep_ipv6 {
	__u32 version_flow; /**< 6 (4 bits), class (8), flow label (20) */
	__u16 payload;      /**< bytes behind this header */
	__u8 next;          /**< of what follows: a protocol, or an extension header */
	__u8 hops;          /**< how many routers may still pass it on */
	__u32 src[4];       /**< the sender */
	__u32 dst[4];       /**< the receiver */
};

/** Bits of skep_tcp's `flags`. */
enum skep_tcp_flags {
	SKEP_TCP_FIN = 1,
	SKEP_TCP_SYN = 2,
	SKEP_TCP_RST = 4,
	SKEP_TCP_PSH = 8,
	SKEP_TCP_ACK = 16,
	SKEP_TCP_URG = 32,
	SKEP_TCP_ECE = 64,
	SKEP_TCP_CWR = 128,
};

/** TCP, without options. */
struct skep_tcp {
	__u16 src;    /**< the sender's port */
	__u16 dst;    /**< the receiver's port */
	__u32 seq;    /**< of the first byte */
	__u32 ack;    /**< of the byte that is expected */
	__u8 words;   /**< upper half: how many words of 4 bytes the header has */
	__u8 flags;   /**< of enum skep_tcp_flags */
	__u16 window; /**< bytes that are taken, before scaling */
	__u16 check;  /**< of the addresses, this header and the payload */
	__u16 urgent; /**< where urgent data end */
};

/** UDP. */
struct skep_udp {
	__u16 src;   /**< the sender's port */
	__u16 dst;   /**< the receiver's port */
	__u16 bytes; /**< of header and payload */
	__u16 check; /**< of the addresses, this header and the payload; 0 is none, in IPv4 */
};

/** ICMP and ICMPv6. */
struct skep_icmp {
	__u8 type;   /**< 8 asks for an echo, 0 answers; of ICMPv6 128 and 129 */
	__u8 code;   /**< of the type */
	__u16 check; /**< of the message; of ICMPv6 also of the addresses */
	__u16 id;    /**< of echoes */
	__u16 seq;   /**< of echoes */
};

/** VXLAN. */
struct skep_vxlan {
	__u32 flags; /**< 0x08000000: the network's number is there */
	__u32 vni;   /**< the network's number in the upper 24 bits */
};

/** GENEVE, without options. */
struct skep_geneve {
	__u8 version_words; /**< 0 (2 bits), words of 4 bytes of options (6) */
	__u8 flags;         /**< 0x80 control, 0x40 options that must be understood */
	__u16 type;         /**< of what follows */
	__u32 vni;          /**< the network's number in the upper 24 bits */
};

/** GRE, without the fields that its flags announce. */
struct skep_gre {
	__u16 flags; /**< 0x8000 checksum, 0x2000 key, 0x1000 sequence number; version below */
	__u16 type;  /**< of what follows */
};

#endif
