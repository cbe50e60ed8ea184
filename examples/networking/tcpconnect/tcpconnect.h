/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What both sides of tcpconnect share: an attempt to connect that has an answer. */
#ifndef TCPCONNECT_H
#define TCPCONNECT_H

#include <skep/types.h>

struct connect_event {
	__u64 ns; /* until the answer; of one that waits: since when */
	__u32 pid, uid;
	__u32 error; /* an errno; 0: connected */
	__u16 family, local_port, remote_port, zero;
	__u8 local[16], remote[16]; /* the first 4 bytes of IPv4 */
	char comm[SKEP_COMM_BYTES];
	__u32 unused;
};

#endif
