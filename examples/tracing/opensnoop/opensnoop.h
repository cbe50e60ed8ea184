/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What both sides of opensnoop share. */
#ifndef OPENSNOOP_H
#define OPENSNOOP_H

#include <skep/types/filter.h>

struct open_event {
	struct skep_who who;
	__u32 is_io_uring;
	__s32 result; /* the descriptor, or a negative errno */
	char path[];  /* not ended by a NUL */
};

#endif
