/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef WATCH_H
#define WATCH_H

#include <skep/types.h>

struct exec_event {
	__u32 pid;
	char comm[SKEP_COMM_BYTES];
};

#endif
