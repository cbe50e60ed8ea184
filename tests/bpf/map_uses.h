/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What map_uses.bpf.c and its tests share. */
#ifndef SKEP_TESTS_MAP_USES_H
#define SKEP_TESTS_MAP_USES_H

#include <skep/types.h>

struct job {
	__u32 id;
	__u32 weight;
};

/* No multiple of 8: slots of an array in memory are farther apart. */
struct gauge {
	__u32 level;
	__u32 changes;
	__u32 more;
};

struct order {
	__u64 number;
	__u32 amount;
	__u32 pad;
};

SKEP_LPM_KEY(name_prefix, 12);

#endif
