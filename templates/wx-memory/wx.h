/* SPDX-License-Identifier: 0BSD */
/* What both sides share: executable memory that did not come from a file as it is. */
#ifndef WX_H
#define WX_H

#include <skep/types.h>

#define PATH_BYTES 256 /* longer ones are cut at their end */

enum wx_reason {
	WX_BOTH = 1,    /* it is writable and executable at once */
	WX_WRITTEN = 2, /* it was written, and then became executable */
	WX_MEMFD = 4,   /* its file has never had a name: memfd_create(), shared memory */
	WX_DELETED = 8, /* its file has no name any more */
	WX_PROGRAM = 16 /* it is not a mapping, but the program that a process has become */
};

struct wx_event {
	__u64 from, to; /* as in /proc/PID/maps; 0 for a program */
	__u32 pid;
	__u32 uid;
	__u32 reasons;
	__u32 unused;
	char comm[SKEP_COMM_BYTES];
	char path[PATH_BYTES]; /* "" where there is no file */
};

#endif
