/* SPDX-License-Identifier: 0BSD */
/* What both sides share: where threads wait, and how long they did. */
#ifndef OFFCPU_H
#define OFFCPU_H

#include <skep/types.h>

#define STACK_DEPTH 127

struct place {
	__u32 pid;
	__s32 user; /* numbers of stacks; negative: there is none */
	__s32 kernel;
	__u32 preempted; /* it could have run on, and another thread got the processor */
	char comm[SKEP_COMM_BYTES];
};

struct waited {
	__u64 ns;
	__u64 times;
};

#endif
