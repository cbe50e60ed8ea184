/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What tshark finds in packets: a reference that nobody wrote for these tests. */
#ifndef SKEP_TESTS_KERNEL_PACKET_TSHARK_H
#define SKEP_TESTS_KERNEL_PACKET_TSHARK_H
#include <stdbool.h>
#include <stdio.h>

#include "packet_reference.h"

struct packet_tshark {
	FILE *file;
	char *line;
	size_t room;
	char shown[4096]; /* the last line, for messages */
	const char *dir;
};

bool packet_tshark_is_there(void);

/* In this order: open, add packets, run, next as often, close. They fail the case. */
void packet_tshark_open(struct packet_tshark *t);
void packet_tshark_add(struct packet_tshark *t, const unsigned char *packet, size_t bytes);
void packet_tshark_run(struct packet_tshark *t);
void packet_tshark_close(struct packet_tshark *t);

struct packet_found {
	struct net_result layers; /* without what tells where parsing ended */
	int extensions;           /* of IPv6, in all */
	bool is_arp;
	bool has_rest;   /* the last that it showed were bytes, and not a header */
	bool is_wrong;   /* it has something to say against the packet */
	bool is_unclear; /* it says it in a way that cannot be compared */
};

/* What it says of the next packet; false when there is none. */
bool packet_tshark_next(struct packet_tshark *t, struct packet_found *to);

#endif
