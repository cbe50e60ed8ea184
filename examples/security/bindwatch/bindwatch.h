/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What both sides of bindwatch share: a bind() or listen() that has returned. */
#ifndef BINDWATCH_H
#define BINDWATCH_H

#include <skep/types.h>

struct bind_event {
	struct skep_who who;
	__s32 error;
	__u32 listens, protocol; /* listen(), not bind(); IPPROTO_TCP, IPPROTO_UDP, ... */
	__u16 family, port;
	__u8 address[16]; /* the first 4 bytes of IPv4 */
	__u8 reuse_address, reuse_port, zero[2];
};

#endif
