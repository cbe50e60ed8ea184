/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What perf.bpf.c and its test share. */
#ifndef SKEP_TESTS_PERF_H
#define SKEP_TESTS_PERF_H

#include <skep/types.h>

struct perf_record {
	__u64 number;
	__u32 check; /* ~number, its low half */
	__u32 cpu;
	__u32 large[5]; /* so that its size is no multiple of 8 */
	__u32 more;
};

struct perf_tail {
	__u32 bytes;
	__u8 tail[];
};

#define TAIL_MOST 100

#endif
