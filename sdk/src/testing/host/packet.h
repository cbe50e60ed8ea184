/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A packet of the hosted kernel, and how helpers find and change it. */
#ifndef SKEP_TESTING_HOST_PACKET_H
#define SKEP_TESTING_HOST_PACKET_H

#include <linux/bpf.h>

#include "host.h"

struct skep_host_packet {
	struct skep_host_packet *next;
	struct xdp_md xdp;
	struct __sk_buff skb;
	unsigned char *area; /* two halves, of which the packet is in one: see place() */
	size_t half;
	bool second;
	unsigned char *at; /* metadata, then the packet */
	size_t meta, bytes;
	size_t headroom, tailroom; /* how far it may still grow */
	uint32_t redirected;
};

/* The packet of a context; NULL: none. */
struct skep_host_packet *skep_host_packet_of(const void *ctx);
/* As skep_host_packet_of(), and fails the test where there is none. */
struct skep_host_packet *skep_host_packet_need(const void *ctx, const char *helper);
unsigned char *skep_host_packet_bytes(const struct skep_host_packet *packet);
/*
 * Moves the packet's ends: positive numbers make it longer. New bytes are zero. What programs had of
 * pointers into it is wrong from then on, and an access through one is reported.
 */
void skep_host_packet_move(struct skep_host_packet *packet, long head, long tail, long meta);

#endif
