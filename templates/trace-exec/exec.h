/* SPDX-License-Identifier: 0BSD */
/* What both sides share: a record as the kernel side writes it and the user side reads it. */
#ifndef EXEC_H
#define EXEC_H

#include <skep/types.h>

struct exec_event {
	__u32 pid;
	__u32 ppid;
	__u32 uid;
	char comm[SKEP_COMM_BYTES];
};

#endif
