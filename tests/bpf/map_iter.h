/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What map_iter.bpf.c, its tests and the benchmark share. */
#ifndef SKEP_TESTS_MAP_ITER_H
#define SKEP_TESTS_MAP_ITER_H

#include <skep/types.h>

#define STORM_STABLE 3000 /* keys below are never touched by the storm */
#define STORM_CHURN  3000 /* so many above come and go */
#define STORM_BURST  512  /* changes of one run */

struct mark {
	__u64 key;
	__u64 check; /* ~key */
};

/* What the walk over all entries sums. */
struct walked {
	__u64 sum;
	__u64 count;
};

#endif
