/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What map_arena.bpf.c and its test share: a list whose pointers mean the same to both. */
#ifndef SKEP_TESTS_MAP_ARENA_H
#define SKEP_TESTS_MAP_ARENA_H

#include <skep/types.h>

#ifdef __bpf__
#define SHARED __attribute__((address_space(1)))
#else
#define SHARED
#endif

struct node {
	struct node SHARED *next;
	__u64 number;
};

struct root {
	struct node SHARED *first;
	__u64 sum;
	__u64 count;
};

#endif
