/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What both sides of tcplife share: a session that has ended. */
#ifndef TCPLIFE_H
#define TCPLIFE_H

#include <skep/types.h>

struct session_event {
	/* How long, or since when; bytes that the other side acknowledged, and that it sent. */
	__u64 ns, sent, received;
	struct skep_who who; /* pid 0: no process ever had it in hand */
	__u16 family, local_port, remote_port, zero;
	__u8 local[16], remote[16]; /* the first 4 bytes of IPv4 */
};

#endif
