/* SPDX-License-Identifier: 0BSD */
/* What both sides share: a hit of the probe. */
#ifndef REQUESTS_H
#define REQUESTS_H

#include <skep/types.h>

struct request_event {
	__u32 pid;
	__s32 arguments; /* how many the probe has */
	__u64 values[4]; /* of the first */
	char comm[SKEP_COMM_BYTES];
};

#endif
