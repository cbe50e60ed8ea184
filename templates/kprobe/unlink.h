/* SPDX-License-Identifier: 0BSD */
/* What both sides share: a file that was removed, or was to be. */
#ifndef UNLINK_H
#define UNLINK_H

#include <skep/types.h>

#define NAME_BYTES 64 /* longer names are cut */

struct unlink_event {
	__u32 pid;
	__s32 result; /* 0, or a negative errno */
	char comm[SKEP_COMM_BYTES];
	char name[NAME_BYTES];
};

#endif
