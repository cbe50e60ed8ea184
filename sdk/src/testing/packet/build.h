/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * How a packet is built: each layer writes its header behind those before it; then, from the last
 * to the first, what follows from the rest is filled in. So a checksum is made when all that it
 * covers is there.
 */
#ifndef SKEP_TESTING_PACKET_BUILD_H
#define SKEP_TESTING_PACKET_BUILD_H
#include <skep/testing/packet.h>

#define LAYERS_MOST 32

/* What a layer wants filled in; 0: work it out. */
struct piece {
	enum skep_layer_kind kind;
	size_t start, header; /* bytes */
	uint32_t type;        /* of what follows: Ethernet's type, IP's protocol */
	uint32_t length;
	uint32_t checksum;
	uint32_t extra; /* a VLAN tag's TPID, UDP's destination port */
	bool wanted;    /* GRE has a checksum */
};

struct build {
	unsigned char data[SKEP_PACKET_MAX];
	size_t bytes;
	size_t end; /* of what lengths count */
	struct piece pieces[LAYERS_MOST];
	size_t count;
};

struct skep_packet {
	unsigned char *data;
	size_t bytes, wire_bytes;
	uint64_t time_ns;
	size_t starts[LAYERS_MOST];
	size_t layers;
};

/* Whether a number was given, and what it is. */
#define GIVEN(number)     ((number) != 0)
#define NUMBER(number)    ((number) & ~UINT32_C(0x80000000))
#define OR(number, usual) (GIVEN(number) ? NUMBER(number) : (uint32_t)(usual))

static inline void put16(unsigned char *at, uint32_t number)
{
	at[0] = (unsigned char)(number >> 8);
	at[1] = (unsigned char)number;
}

static inline void put32(unsigned char *at, uint32_t number)
{
	put16(at, number >> 16);
	put16(at + 2, number);
}

/* The next `bytes` bytes of the packet, zeroed; NULL where it gets too long, with an error set. */
unsigned char *skep_build_room(struct build *b, size_t bytes);

/* The layer that is being written. */
static inline struct piece *piece_of(struct build *b)
{
	return &b->pieces[b->count];
}

/* -EINVAL, naming the layer that is being written. */
int skep_build_fail(const struct build *b, const char *hint, const char *format, ...)
	SKEP_PRINTF(3, 4);
const char *skep_build_name(enum skep_layer_kind kind);

/* Addresses as text; NULL: the usual one. */
int skep_build_mac(const struct build *b, unsigned char *at, const char *text, const char *usual);
int skep_build_ip(const struct build *b, int family, unsigned char *at, const char *text,
		  const char *usual);
/* Whether a number that was given, or not, is at most `most`. */
int skep_build_range(const struct build *b, const char *field, uint64_t number, uint64_t most);

/* Each writes one layer. `fields` are of the newest kind, with zeros where the caller's end. */
int skep_layer_eth_write(struct build *b, const void *fields);
int skep_layer_vlan_write(struct build *b, const void *fields);
int skep_layer_arp_write(struct build *b, const void *fields);
int skep_layer_ipv4_write(struct build *b, const void *fields);
int skep_layer_ipv6_write(struct build *b, const void *fields);
int skep_layer_options_write(struct build *b, const void *fields);
int skep_layer_route_write(struct build *b, const void *fields);
int skep_layer_fragment_write(struct build *b, const void *fields);
int skep_layer_auth_write(struct build *b, const void *fields);
int skep_layer_tcp_write(struct build *b, const void *fields);
int skep_layer_udp_write(struct build *b, const void *fields);
int skep_layer_icmp_write(struct build *b, const void *fields);
int skep_layer_vxlan_write(struct build *b, const void *fields);
int skep_layer_geneve_write(struct build *b, const void *fields);
int skep_layer_gre_write(struct build *b, const void *fields);
int skep_layer_bytes_write(struct build *b, const void *fields);

/* finish.c: lengths, types and checksums of all of them. */
int skep_build_finish(struct build *b);

#endif
