/* SPDX-License-Identifier: 0BSD */
/* What both sides share: what one call has sent or received. */
#ifndef TLS_H
#define TLS_H

#include <skep/types.h>

#define DATA_BYTES 4096 /* of one call; more are cut */

/* A function of libssl, by bits: which way, and whether it is the newer kind. */
enum function {
	IS_WRITE = 1,
	IS_EX = 2, /* SSL_read_ex, SSL_write_ex: returns 1, and the size by a pointer */
};

struct tls_event {
	__u64 connection; /* a number, the same while it lives; each process has its own */
	__u64 bytes; /* sent or received: more than DATA_BYTES means that the rest is not here */
	__u64 time_ns;
	__u32 pid;
	__u32 tid;
	__u32 function; /* enum function */
	char comm[SKEP_COMM_BYTES];
	__u32 kept; /* how many of the bytes follow */
	unsigned char data[];
};

#endif
