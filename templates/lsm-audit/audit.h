/* SPDX-License-Identifier: 0BSD */
/* What both sides share: a record as the kernel side writes it and the user side reads it. */
#ifndef AUDIT_H
#define AUDIT_H

#include <skep/types.h>

#define PATH_BYTES 1024 /* longer paths are not reported */

struct open_event {
	__u32 pid;
	__u32 uid;
	char comm[SKEP_COMM_BYTES];
	char path[PATH_BYTES];
};

#endif
