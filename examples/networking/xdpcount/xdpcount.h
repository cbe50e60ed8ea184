/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What both sides of xdpcount share. */
#ifndef XDPCOUNT_H
#define XDPCOUNT_H

#include <skep/types.h>

/* Who sent it, with which protocol. IPv4 addresses stand in the first four bytes. */
struct source {
	__u8 address[16];
	__u16 ethertype; /* host order: 0x0800, 0x86dd, or another, which has no address */
	__u8 protocol;   /* of IP: 6 is TCP, 17 UDP, ... */
	__u8 zero;
};

struct traffic {
	__u64 packets;
	__u64 bytes;
};

#endif
