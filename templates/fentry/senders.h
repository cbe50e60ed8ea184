/* SPDX-License-Identifier: 0BSD */
/* What both sides share: who sends, and how much. */
#ifndef SENDERS_H
#define SENDERS_H

#include <skep/types.h>

struct sender {
	__u32 pid;
	char comm[SKEP_COMM_BYTES];
};

struct sent {
	__u64 calls;
	__u64 bytes;
	__u64 failures;
};

#endif
