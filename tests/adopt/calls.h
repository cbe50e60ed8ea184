/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What both sides of `calls` share. */
#ifndef CALLS_H
#define CALLS_H

#include <linux/types.h>

struct event {
	__u64 ts;
	__u64 nr;
	__u32 pid;
	__u32 tid;
	char comm[16];
};

#endif
