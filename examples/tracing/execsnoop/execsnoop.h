/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What both sides of execsnoop share. */
#ifndef EXECSNOOP_H
#define EXECSNOOP_H

#include <skep/types/filter.h>

#define ARGS_BYTES 16384 /* longer command lines are cut, and marked as such */

struct exec_event {
	__u64 duration_ns; /* of an exit: since the exec */
	__u32 pid, ppid, uid;
	__u32 is_exit;
	__s32 status;     /* of an exit: as wait() has it */
	__u32 args_total; /* bytes of the whole command line */
	char comm[SKEP_COMM_BYTES];
	char args[]; /* each argument ended by a NUL */
};

#endif
