/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What both sides of runqlat share. */
#ifndef RUNQLAT_H
#define RUNQLAT_H

#include <skep/types/filter.h>

/* What has a histogram of its own, in the order of --by. */
enum by {
	BY_ALL,
	BY_PROCESS,
	BY_THREAD,
	BY_NAME,
};

struct who {
	__u32 id; /* of the process or thread; else 0 */
	char comm[SKEP_COMM_BYTES];
};

#endif
