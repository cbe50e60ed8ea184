/* SPDX-License-Identifier: 0BSD */
/* What both sides share: a folder, and a program that was refused. */
#ifndef POLICY_H
#define POLICY_H

#include <skep/types.h>

#define FOLDERS_MOST 16
#define PATH_BYTES   256 /* longer ones lose their beginning */

struct folder {
	__u32 bytes; /* of its text, without a slash at the end; 0: unused */
	char path[60];
};

struct refusal {
	__u32 pid;
	__u32 uid;
	char path[PATH_BYTES];
};

#endif
