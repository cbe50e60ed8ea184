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

enum perf_kind {
	PERF_SMALL,
	PERF_EIGHT,
	PERF_LARGE,
	PERF_ODD, /* rounded up, it is longer than the longest */
};

struct perf_small {
	__u32 number;
};

struct perf_eight {
	__u64 number;
};

struct perf_odd {
	__u8 bytes[37];
};

union perf_any {
	struct perf_small PERF_SMALL;
	struct perf_eight PERF_EIGHT;
	struct perf_record PERF_LARGE;
	struct perf_odd PERF_ODD;
};

#endif
