/* SPDX-License-Identifier: 0BSD */
/* What both sides share: a call, when it has returned. */
#ifndef CALLS_H
#define CALLS_H

#include <skep/types.h>

struct call_event {
	__u32 pid, tid;
	__u64 arguments[3]; /* as registers have them */
	__u64 result;
	__u64 took_ns;
	char comm[SKEP_COMM_BYTES];
};

#endif
