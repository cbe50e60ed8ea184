/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What shards.bpf.c and its tests share. */
#ifndef SKEP_TESTS_SHARDS_H
#define SKEP_TESTS_SHARDS_H

#include <skep/types.h>

#define SHARDS 8

struct shard_event {
	__u64 time; /* ktime */
	__u64 number;
	__u32 cpu;
	__u32 check; /* ~number, its low half */
};

struct shard_tail {
	__u32 bytes;
	__u32 cpu;
	__u8 tail[];
};

/* The context of the programs: which numbers to write, and where. */
struct shard_order {
	__u64 first;
	__u64 count;
	__u64 ring;     /* of `chosen` */
	__u64 every_ns; /* how long to wait between two; 0: not */
};

#define SHARD_GIVE_UP 101 /* each number that this divides is given up */

#endif
