/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What both sides of privwatch share: a call, and on whose behalf it was made and returned. */
#ifndef PRIVWATCH_H
#define PRIVWATCH_H

#include <skep/types/filter.h>
#include <skep/types/security.h>

#define CALLS 512 /* more than there are system calls */

struct priv_event {
	struct skep_cred before, after;
	__s64 result;
	__u32 pid, number; /* of the call, in the native table */
	__u64 traced;      /* of ptrace(): whom */
	char comm[SKEP_COMM_BYTES];
};

#endif
