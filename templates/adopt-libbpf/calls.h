/* SPDX-License-Identifier: 0BSD */
/* What both sides share, as it was: a system call. */
#ifndef CALLS_H
#define CALLS_H

#include <linux/types.h>

struct event {
	__u64 number;
	__u32 pid;
	__u32 tid;
	char comm[16];
};

#endif
