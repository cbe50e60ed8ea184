/* SPDX-License-Identifier: 0BSD */
/* What both sides share: what is counted together. */
#ifndef PROFILE_H
#define PROFILE_H

#include <skep/types.h>

struct place {
	__u32 pid;
	__s32 user; /* numbers of stacks; negative: there is none */
	__s32 kernel;
	char comm[SKEP_COMM_BYTES];
};

#endif
