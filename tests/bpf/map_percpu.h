/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What map_percpu.bpf.c and its test share. */
#ifndef SKEP_TESTS_MAP_PERCPU_H
#define SKEP_TESTS_MAP_PERCPU_H

#include <skep/types.h>

struct io {
	__u64 bytes;
	__u32 calls;
	__s32 level;
	__u32 slots[8];
};

/* A size that the kernel rounds up. */
struct odd {
	__u8 bytes[5];
};

#endif
