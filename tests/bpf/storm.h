/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What storm.bpf.c and its test share. */
#ifndef SKEP_TESTS_STORM_H
#define SKEP_TESTS_STORM_H

#include <skep/types.h>

struct storm_event {
	__u64 number; /* from 0, each once */
	__u64 check;  /* ~number */
};

/* The context of the program: which numbers to write. */
struct storm_order {
	__u64 first;
	__u64 count;
};

#define STORM_GIVE_UP 1009 /* each number that this divides is given up */

#endif
