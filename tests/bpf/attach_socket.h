/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef ATTACH_SOCKET_H
#define ATTACH_SOCKET_H

/* How often each program ran: its place in `hits`. */
enum attach_socket_hit {
	HIT_PARSER,
	HIT_STREAM_VERDICT,
	HIT_VERDICT,
	HIT_SK_SKB,
	HIT_SK_MSG,
	HIT_SOCKET,
	HIT_REUSEPORT,
	HIT_MIGRATE,
	HIT_CALL,
	HIT_COUNT,
};

/* The context of the program that is called. */
struct attach_socket_args {
	unsigned int add[2];
	unsigned int sum;
};

#endif
