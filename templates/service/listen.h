/* SPDX-License-Identifier: 0BSD */
/* What both sides share: a socket that began to listen. */
#ifndef LISTEN_H
#define LISTEN_H

#include <skep/types.h>

struct listen_event {
	__u32 pid;
	__u32 uid;
	__u16 port;
	__u16 family;     /* AF_INET or AF_INET6 */
	__u32 unused;     /* records have no holes */
	__u8 address[16]; /* the first 4 bytes of AF_INET */
	char comm[SKEP_COMM_BYTES];
};

#endif
