/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What large.bpf.c and its test share. */
#ifndef SKEP_TESTS_LARGE_H
#define SKEP_TESTS_LARGE_H

#include <skep/types.h>

struct blob {
	__s64 asked;
	__u64 room;
	__u8 bytes[];
};

#define LARGE_MOST 200000

#endif
