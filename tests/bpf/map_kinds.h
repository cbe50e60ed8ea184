/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What map_kinds.bpf.c and its tests share. */
#ifndef MAP_KINDS_H
#define MAP_KINDS_H
#include <skep/types.h>

struct flow {
	__u32 from, to;
};

struct count {
	__u64 packets;
	__u64 bytes;
};

struct prefix {
	__u32 bits;
	__u8 address[4];
};

struct command {
	__u64 amount;
};

#endif
