/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What hosted.bpf.c and its tests share. */
#ifndef HOSTED_H
#define HOSTED_H

#include <skep/types.h>

struct hosted_seen {
	__u32 bytes;
	__u32 cpu;
	char comm[SKEP_COMM_BYTES];
};

struct hosted_counter {
	__u64 hits;
	__u32 cpu;
};

#define HOSTED_STAGES 3

#endif
