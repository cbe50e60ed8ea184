/* SPDX-License-Identifier: 0BSD */
/* What both sides share: what was refused. */
#ifndef GUARD_H
#define GUARD_H

#include <skep/types.h>

#define NAME_BYTES 64 /* longer names are cut */

struct refusal {
	__u32 pid;
	__u32 uid;
	char comm[SKEP_COMM_BYTES];
	char name[NAME_BYTES]; /* of the file, without folders */
};

#endif
