/* SPDX-License-Identifier: 0BSD */
/* What both sides share: a record for each thread. */
#ifndef TASKS_H
#define TASKS_H

#include <skep/types.h>

struct task_record {
	__u32 pid; /* of the process */
	__u32 tid;
	__u32 ppid;
	__u32 uid;
	__u64 started_ns; /* since the machine started */
	__u32 kernel;     /* it has no memory of its own: a thread of the kernel */
	char comm[SKEP_COMM_BYTES];
	__u32 unused; /* records have no holes */
};

#endif
