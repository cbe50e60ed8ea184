/* SPDX-License-Identifier: 0BSD */
/* What both sides share: what each CPU did, and why it ended. */
#ifndef FIFO_H
#define FIFO_H

#include <skep/types.h>

#define SCHEDULER_NAME "fifo" /* in /sys/kernel/sched_ext/root/ops */

struct cpu {
	__u64 queued; /* threads that came while no CPU was idle */
	__u64 ran;    /* threads that it gave its time to, each once a turn */
	__u64 busy_ns;
	__u64 since; /* when the turn of the one that runs began */
};

struct ending {
	__u32 kind; /* as enum scx_exit_kind numbers them; 0: it has not ended */
	char reason[64];
	char message[128];
};

#endif
