/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Packets made by number, and what is in one, read byte by byte. */
#ifndef SKEP_TESTS_KERNEL_PACKET_REFERENCE_H
#define SKEP_TESTS_KERNEL_PACKET_REFERENCE_H
#include <stddef.h>
#include <stdint.h>

#include "bpf_net.h"

#define PACKET_MOST   1024
#define PACKET_SHAPES 10

/* Each of these gives the packet's length. PACKET_MOST bytes have to be there. */
size_t packet_build(unsigned char *to, unsigned int shape);
size_t packet_random(unsigned char *to, uint64_t *seed);
size_t packet_mutate(unsigned char *packet, size_t bytes, uint64_t *seed);
/* Packets in which all is right but for the sums, of random contents and length. */
enum packet_kind {
	PACKET_TCP4,
	PACKET_TCP4_OPTIONS, /* of IP */
	PACKET_UDP4,
	PACKET_ICMP4,
	PACKET_TCP6,
	PACKET_UDP6,
	PACKET_UDP6_EXT, /* behind hop by hop and destination options */
	PACKET_ICMP6,
	PACKET_KINDS
};

size_t packet_make(unsigned char *to, enum packet_kind kind, uint64_t *seed);

uint64_t packet_random_next(uint64_t *seed);

void packet_reference(const unsigned char *packet, size_t bytes, struct net_result *to);

/* Of one of packet_make(): where TCP, UDP or ICMP begins, and which it is. */
size_t packet_l4_at(const unsigned char *packet);
uint8_t packet_proto(const unsigned char *packet);

/* Sets the IPv4 checksum, and that of TCP, UDP or ICMP, by a whole count. */
void packet_fill_sums(unsigned char *packet, size_t bytes);

#endif
