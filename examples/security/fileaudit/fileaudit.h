/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What both sides of fileaudit share. */
#ifndef FILEAUDIT_H
#define FILEAUDIT_H

#include <skep/types/filter.h>

#define PATH_BYTES 4096

/* A file that was opened for writing. */
struct open_event {
	__u32 pid;
	__u32 uid;
	char comm[SKEP_COMM_BYTES];
	char path[]; /* resolved, ended by a NUL */
};

#endif
