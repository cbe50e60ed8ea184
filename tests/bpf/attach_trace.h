/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef ATTACH_TRACE_H
#define ATTACH_TRACE_H

#include <linux/types.h>

/* Which program ran: an index of `hits`. */
enum hit {
	HIT_KPROBE,
	HIT_MULTI,
	HIT_SESSION,
	HIT_TRACEPOINT,
	HIT_RAW,
	HIT_SAMPLE,
	HIT_BTF,
	HIT_FENTRY,
	HIT_FEXIT,
	HIT_FMOD_RET,
	HIT_LSM,
	HIT_LSM_SLEEPABLE,
	HIT_REPLACED,
	HIT_COUNT,
};

struct task_record {
	__u32 pid;
	__u32 tgid;
};

struct entry_record {
	__u32 key;
	__u32 pad;
	__u64 value;
};

struct group_record {
	__u64 id;
};

#endif
