/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The records that the benchmarks of rings write and read. */
#ifndef BENCH_RING_EVENTS_H
#define BENCH_RING_EVENTS_H

#include <skep/types.h>

struct event8 {
	__u64 words[1];
};
struct event16 {
	__u64 words[2];
};
struct event32 {
	__u64 words[4];
};
struct event64 {
	__u64 words[8];
};
struct event128 {
	__u64 words[16];
};
struct event256 {
	__u64 words[32];
};
struct event512 {
	__u64 words[64];
};
struct event1024 {
	__u64 words[128];
};

/* The context of the programs that write: asked, and what became of it. */
struct produce {
	__u32 records;
	__u32 unused;
	__u64 flags; /* BPF_RB_NO_WAKEUP and so on */
	__u64 written;
	__u64 dropped;
	__u64 stamp; /* goes into the first word; 0: a number */
};

#endif
