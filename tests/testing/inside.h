/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef INSIDE_H
#define INSIDE_H
#include <skep/types.h>

#define INSIDE_META 0xabcd

struct inside_seen {
	__u32 ifindex, ingress, queue, meta, bytes, mark, wire_len, gso_segs, gso_size, priority;
	__u64 tstamp;
};

struct inside_flow {
	__u16 port;
	__u8 kind;
	__u8 zero;
};

/* With padding behind the first. */
struct inside_count {
	__u8 last;
	__u64 packets;
};

/* What a program was given. */
struct inject_seen {
	__u64 times[6];
	__u32 random[4];
};

#endif
