/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What both sides of syscount share. */
#ifndef SYSCOUNT_H
#define SYSCOUNT_H

#include <skep/types/filter.h>

/* What is counted together. */
struct what {
	__s32 id; /* of the call, -1: it is none; or of the process */
	char comm[SKEP_COMM_BYTES];
};

struct calls {
	__u64 count, failed, ns; /* how long all of them took together */
};

#endif
