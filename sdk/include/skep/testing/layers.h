/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_TESTING_LAYERS_H
#define SKEP_TESTING_LAYERS_H
/**
 * @file testing/layers.h
 * The headers that a packet is built of, for skep_packet_build(): each by name, with what is not
 * named worked out or harmless. Part of testing/packet.h.
 *
 * @code{.c}
 * const struct skep_layer layers[] = {
 *         SKEP_ETH(.dst = "02:00:00:00:00:02"),
 *         SKEP_VLAN(.id = 100),
 *         SKEP_IPV4(.src = "192.0.2.1", .ttl = 3),
 *         SKEP_UDP(.src = 4000, .dst = 53, .checksum = SKEP_EXACTLY(0)),
 *         SKEP_PAYLOAD("hello"),
 * };
 * @endcode
 *
 * - Addresses are text. Without one: 02:00:00:00:00:01 to ...:02, 192.0.2.1 to 192.0.2.2,
 *   2001:db8::1 to 2001:db8::2.
 * - What follows from the rest is worked out: lengths, checksums, types, protocols, versions. A
 *   number that is not zero is taken as it is, and SKEP_EXACTLY(0) is zero: so every wrong packet can
 *   be built.
 * - Other numbers are what they are, and zero by default.
 *
 * The macros are C only; a struct skep_layer may be filled by hand as they do it.
 */
#include <skep/base.h>

/** Where zero means "work it out": this number, also when it is zero. */
#define SKEP_EXACTLY(number) (UINT32_C(0x80000000) | (uint32_t)(number))

/** The kinds of layers. */
enum skep_layer_kind {
	SKEP_LAYER_NONE,          /**< no layer: refused */
	SKEP_LAYER_ETH,           /**< struct skep_layer_eth */
	SKEP_LAYER_VLAN,          /**< struct skep_layer_vlan */
	SKEP_LAYER_ARP,           /**< struct skep_layer_arp */
	SKEP_LAYER_IPV4,          /**< struct skep_layer_ipv4 */
	SKEP_LAYER_IPV6,          /**< struct skep_layer_ipv6 */
	SKEP_LAYER_IPV6_HOP,      /**< struct skep_layer_options: hop by hop */
	SKEP_LAYER_IPV6_DEST,     /**< struct skep_layer_options: destination */
	SKEP_LAYER_IPV6_ROUTE,    /**< struct skep_layer_route */
	SKEP_LAYER_IPV6_FRAGMENT, /**< struct skep_layer_fragment */
	SKEP_LAYER_AUTH,          /**< struct skep_layer_auth, of IPv4 too */
	SKEP_LAYER_TCP,           /**< struct skep_layer_tcp */
	SKEP_LAYER_UDP,           /**< struct skep_layer_udp */
	SKEP_LAYER_ICMP,          /**< struct skep_layer_icmp */
	SKEP_LAYER_ICMPV6,        /**< struct skep_layer_icmp */
	SKEP_LAYER_VXLAN,         /**< struct skep_layer_vxlan */
	SKEP_LAYER_GENEVE,        /**< struct skep_layer_geneve */
	SKEP_LAYER_GRE,           /**< struct skep_layer_gre */
	SKEP_LAYER_BYTES,         /**< struct skep_layer_bytes: anything */
	SKEP_LAYER_TRAILER,       /**< struct skep_layer_bytes: behind what lengths count */
};

/** One layer; made by SKEP_ETH(), SKEP_IPV4() and so on. */
struct skep_layer {
	enum skep_layer_kind kind; /**< which */
	const void *fields;        /**< the struct of this kind */
};

/** Ethernet. */
struct skep_layer_eth {
	size_t sz;       /**< set by SKEP_ETH() */
	const char *src; /**< as "02:00:00:00:00:01" */
	const char *dst; /**< as "02:00:00:00:00:02" */
	uint32_t type;   /**< default: of what follows; 0x88b5 (experiments) where it has none */
};

/** A VLAN tag; more than one may follow each other. */
struct skep_layer_vlan {
	size_t sz;        /**< set by SKEP_VLAN() */
	uint16_t id;      /**< 0 to 4095 */
	uint8_t priority; /**< 0 to 7 */
	bool dei;         /**< may be dropped first */
	uint32_t tpid; /**< the type that announces it; default 0x8100, and 0x88a8 for outer ones */
	uint32_t type; /**< default: of what follows */
};

/** ARP, for IPv4 on Ethernet. */
struct skep_layer_arp {
	size_t sz;              /**< set by SKEP_ARP() */
	uint16_t operation;     /**< default 1, a request; a reply is 2 */
	const char *sender_mac; /**< default 02:00:00:00:00:01 */
	const char *sender_ip;  /**< default 192.0.2.1 */
	const char *target_mac; /**< default 00:00:00:00:00:00 */
	const char *target_ip;  /**< default 192.0.2.2 */
};

/** IPv4. */
struct skep_layer_ipv4 {
	size_t sz;            /**< set by SKEP_IPV4() */
	const char *src;      /**< default 192.0.2.1 */
	const char *dst;      /**< default 192.0.2.2 */
	uint8_t tos;          /**< DSCP and ECN */
	uint16_t id;          /**< of the datagram that fragments belong to */
	bool df;              /**< may not be fragmented */
	bool mf;              /**< more fragments follow */
	uint16_t offset;      /**< of a fragment, in bytes: a multiple of 8 */
	uint32_t ttl;         /**< default 64 */
	const void *options;  /**< as they are on the wire; or NULL */
	size_t options_bytes; /**< up to 40; zeros up to a multiple of 4 are added */
	uint32_t version;     /**< default 4 */
	uint32_t ihl;         /**< words of the header; default: as it is */
	uint32_t length;      /**< of the whole; default: as it is */
	uint32_t protocol;    /**< default: of what follows; 253 (experiments) where it has none */
	uint32_t checksum;    /**< default: the right one */
};

/** IPv6. */
struct skep_layer_ipv6 {
	size_t sz;             /**< set by SKEP_IPV6() */
	const char *src;       /**< default 2001:db8::1 */
	const char *dst;       /**< default 2001:db8::2 */
	uint8_t traffic_class; /**< DSCP and ECN */
	uint32_t flow_label;   /**< 20 bits */
	uint32_t hop_limit;    /**< default 64 */
	uint32_t version;      /**< default 6 */
	uint32_t length;       /**< of what follows; default: as it is */
	uint32_t next;         /**< default: of what follows; 59 where nothing does */
};

/** Options of IPv6, hop by hop or for the destination. */
struct skep_layer_options {
	size_t sz;        /**< set by SKEP_IPV6_HOP() and SKEP_IPV6_DEST() */
	const void *data; /**< options as they are on the wire; NULL: padding alone */
	size_t bytes;     /**< up to 2046; padding up to 8 n + 6 is added */
	uint32_t next;    /**< default: of what follows */
	uint32_t length;  /**< in units of 8 bytes, without the first; default: as it is */
};

/** The routing header of IPv6. */
struct skep_layer_route {
	size_t sz;             /**< set by SKEP_IPV6_ROUTE() */
	uint8_t type;          /**< 4 is segment routing */
	uint8_t segments_left; /**< where not 0, checksums are for the last address of `data` */
	const void *data;      /**< what comes behind these four bytes; NULL: zeros */
	size_t bytes;          /**< up to 2044; zeros up to 8 n + 4 are added */
	uint32_t next;         /**< default: of what follows */
	uint32_t length;       /**< in units of 8 bytes, without the first; default: as it is */
};

/** The fragment header of IPv6. */
struct skep_layer_fragment {
	size_t sz;       /**< set by SKEP_IPV6_FRAGMENT() */
	uint16_t offset; /**< in bytes: a multiple of 8 */
	bool more;       /**< more fragments follow */
	uint32_t id;     /**< of the packet that it is of */
	uint32_t next;   /**< default: of what follows */
};

/** The authentication header, with 12 bytes of zeros for a signature. */
struct skep_layer_auth {
	size_t sz;       /**< set by SKEP_AUTH() */
	uint32_t spi;    /**< which association */
	uint32_t seq;    /**< its packet's number */
	uint32_t next;   /**< default: of what follows */
	uint32_t length; /**< in words, without two; default: as it is */
};

/** TCP. */
struct skep_layer_tcp {
	size_t sz;               /**< set by SKEP_TCP() */
	uint16_t src;            /**< port */
	uint16_t dst;            /**< port */
	uint32_t seq;            /**< of its first byte */
	uint32_t ack_seq;        /**< next that is expected */
	bool fin;                /**< flag */
	bool syn;                /**< flag */
	bool rst;                /**< flag */
	bool psh;                /**< flag */
	bool ack;                /**< flag */
	bool urg;                /**< flag */
	bool ece;                /**< flag */
	bool cwr;                /**< flag */
	uint16_t urgent;         /**< pointer */
	uint32_t window;         /**< default 65535 */
	uint16_t mss;            /**< an option; 0: it is not there */
	bool sack_permitted;     /**< an option */
	uint32_t timestamp;      /**< an option, with the next; both 0: it is not there */
	uint32_t timestamp_echo; /**< see `timestamp` */
	uint32_t window_scale;   /**< an option; SKEP_EXACTLY(0): it is there, with 0 */
	const void *options;     /**< behind these, as they are on the wire; or NULL */
	size_t options_bytes;    /**< up to 40 together; ones (no operation) fill the last word */
	uint32_t data_offset;    /**< words of the header; default: as it is */
	uint32_t checksum;       /**< default: the right one */
};

/** UDP. */
struct skep_layer_udp {
	size_t sz;         /**< set by SKEP_UDP() */
	uint16_t src;      /**< port */
	uint32_t dst;      /**< port; default 4789 before VXLAN, 6081 before GENEVE, else 0 */
	uint32_t length;   /**< default: as it is */
	uint32_t checksum; /**< default: the right one; SKEP_EXACTLY(0): none */
};

/** ICMP and ICMPv6. */
struct skep_layer_icmp {
	size_t sz;         /**< set by SKEP_ICMP() and SKEP_ICMPV6() */
	uint32_t type;     /**< default: an echo request, 8 or 128 */
	uint8_t code;      /**< of this type */
	uint16_t id;       /**< the two upper bytes of the word behind the checksum */
	uint16_t seq;      /**< the two lower ones; the MTU of errors */
	uint32_t checksum; /**< default: the right one */
};

/** VXLAN. */
struct skep_layer_vxlan {
	size_t sz;      /**< set by SKEP_VXLAN() */
	uint32_t vni;   /**< network, 24 bits */
	uint32_t flags; /**< default 0x08: `vni` is one */
};

/** GENEVE. */
struct skep_layer_geneve {
	size_t sz;            /**< set by SKEP_GENEVE() */
	uint32_t vni;         /**< network, 24 bits */
	bool control;         /**< a packet of the tunnel's own */
	bool critical;        /**< has options that must be understood */
	const void *options;  /**< as they are on the wire; or NULL */
	size_t options_bytes; /**< a multiple of 4 up to 252 */
	uint32_t version;     /**< default 0 */
	uint32_t length;      /**< of the options in words; default: as it is */
	uint32_t type;        /**< default: of what follows */
};

/** GRE. */
struct skep_layer_gre {
	size_t sz;         /**< set by SKEP_GRE() */
	bool has_key;      /**< `key` is there; a key that is not 0 is in any case */
	uint32_t key;      /**< of the tunnel */
	bool has_sequence; /**< `sequence` is there; one that is not 0 is in any case */
	uint32_t sequence; /**< of the packet */
	bool has_checksum; /**< a checksum is there; `checksum` that is given is in any case */
	uint32_t checksum; /**< default: the right one, where `has_checksum` */
	uint32_t type;     /**< default: of what follows */
	uint32_t version;  /**< default 0 */
};

/** Bytes. */
struct skep_layer_bytes {
	size_t sz;        /**< set by SKEP_BYTES() and the like */
	const void *data; /**< copied; NULL: 0, 1, 2 ... 255, 0 ..., in a trailer zeros */
	size_t bytes;     /**< how many */
	const char *text; /**< instead of both: a string, without its end */
};

/** @cond */
#define SKEP_LAYER_(kind_, type_, ...)                                                             \
	{                                                                                          \
		.kind = (kind_), .fields = &(const struct type_)                                   \
		{                                                                                  \
			.sz = sizeof(struct type_), __VA_ARGS__                                    \
		}                                                                                  \
	}
/** @endcond */

/** Ethernet: `SKEP_ETH(.dst = "ff:ff:ff:ff:ff:ff")`. */
#define SKEP_ETH(...)        SKEP_LAYER_(SKEP_LAYER_ETH, skep_layer_eth, __VA_ARGS__)
/** A VLAN tag: `SKEP_VLAN(.id = 100)`. */
#define SKEP_VLAN(...)       SKEP_LAYER_(SKEP_LAYER_VLAN, skep_layer_vlan, __VA_ARGS__)
/** ARP: `SKEP_ARP(.target_ip = "192.0.2.7")`. */
#define SKEP_ARP(...)        SKEP_LAYER_(SKEP_LAYER_ARP, skep_layer_arp, __VA_ARGS__)
/** IPv4: `SKEP_IPV4(.src = "10.0.0.1")`. */
#define SKEP_IPV4(...)       SKEP_LAYER_(SKEP_LAYER_IPV4, skep_layer_ipv4, __VA_ARGS__)
/** IPv6: `SKEP_IPV6(.dst = "fe80::1")`. */
#define SKEP_IPV6(...)       SKEP_LAYER_(SKEP_LAYER_IPV6, skep_layer_ipv6, __VA_ARGS__)
/** IPv6's options for each hop: `SKEP_IPV6_HOP()`. */
#define SKEP_IPV6_HOP(...)   SKEP_LAYER_(SKEP_LAYER_IPV6_HOP, skep_layer_options, __VA_ARGS__)
/** IPv6's options for the destination: `SKEP_IPV6_DEST()`. */
#define SKEP_IPV6_DEST(...)  SKEP_LAYER_(SKEP_LAYER_IPV6_DEST, skep_layer_options, __VA_ARGS__)
/** IPv6's routing header: `SKEP_IPV6_ROUTE(.type = 4)`. */
#define SKEP_IPV6_ROUTE(...) SKEP_LAYER_(SKEP_LAYER_IPV6_ROUTE, skep_layer_route, __VA_ARGS__)
/** IPv6's fragment header: `SKEP_IPV6_FRAGMENT(.offset = 1480, .next = 17)`. */
#define SKEP_IPV6_FRAGMENT(...)                                                                    \
	SKEP_LAYER_(SKEP_LAYER_IPV6_FRAGMENT, skep_layer_fragment, __VA_ARGS__)
/** The authentication header: `SKEP_AUTH(.spi = 1)`. */
#define SKEP_AUTH(...)       SKEP_LAYER_(SKEP_LAYER_AUTH, skep_layer_auth, __VA_ARGS__)
/** TCP: `SKEP_TCP(.src = 1025, .dst = 80, .syn = true)`. */
#define SKEP_TCP(...)        SKEP_LAYER_(SKEP_LAYER_TCP, skep_layer_tcp, __VA_ARGS__)
/** UDP: `SKEP_UDP(.dst = 53)`. */
#define SKEP_UDP(...)        SKEP_LAYER_(SKEP_LAYER_UDP, skep_layer_udp, __VA_ARGS__)
/** ICMP: `SKEP_ICMP(.type = SKEP_EXACTLY(0))` is an echo reply. */
#define SKEP_ICMP(...)       SKEP_LAYER_(SKEP_LAYER_ICMP, skep_layer_icmp, __VA_ARGS__)
/** ICMPv6: `SKEP_ICMPV6(.type = 129)`. */
#define SKEP_ICMPV6(...)     SKEP_LAYER_(SKEP_LAYER_ICMPV6, skep_layer_icmp, __VA_ARGS__)
/** VXLAN, behind UDP: `SKEP_VXLAN(.vni = 7)`. */
#define SKEP_VXLAN(...)      SKEP_LAYER_(SKEP_LAYER_VXLAN, skep_layer_vxlan, __VA_ARGS__)
/** GENEVE, behind UDP: `SKEP_GENEVE(.vni = 7)`. */
#define SKEP_GENEVE(...)     SKEP_LAYER_(SKEP_LAYER_GENEVE, skep_layer_geneve, __VA_ARGS__)
/** GRE, behind IP: `SKEP_GRE(.key = 7)`. */
#define SKEP_GRE(...)        SKEP_LAYER_(SKEP_LAYER_GRE, skep_layer_gre, __VA_ARGS__)
/** A string as payload, without its end: `SKEP_PAYLOAD("GET /")`. */
#define SKEP_PAYLOAD(string) SKEP_LAYER_(SKEP_LAYER_BYTES, skep_layer_bytes, .text = (string))
/** Bytes: `SKEP_BYTES(data, sizeof(data))`. */
#define SKEP_BYTES(bytes_, count)                                                                  \
	SKEP_LAYER_(SKEP_LAYER_BYTES, skep_layer_bytes, .data = (bytes_), .bytes = (count))
/** So many bytes, 0, 1, 2 and so on. */
#define SKEP_FILL(count)    SKEP_LAYER_(SKEP_LAYER_BYTES, skep_layer_bytes, .bytes = (count))
/** So many zeros behind the packet that no length counts, as Ethernet pads short frames. */
#define SKEP_TRAILER(count) SKEP_LAYER_(SKEP_LAYER_TRAILER, skep_layer_bytes, .bytes = (count))

#endif
