/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What the two sides of the documentation's example share. */
#ifndef EXECSNOOP_H
#define EXECSNOOP_H

#include <skep/types.h>

struct exec_event {
	__u32 pid;
	__u32 uid;
	char comm[SKEP_COMM_BYTES];
};

struct uid_stats {
	__u64 execs;
};

struct line {
	__u32 bytes;
	char text[];
};

#endif
