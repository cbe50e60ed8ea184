/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef PACKET_H
#define PACKET_H
#include <skep/types.h>

#define PACKET_LEAST 20

struct packet_seen {
	__u32 bytes;
	__u32 first;
};

struct call_args {
	__u32 a, b, sum;
};

#endif
