/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Calls that are patched into functions: not every kernel allows them. They let everything pass. */
#include <skep/bpf/core.h>

#include "attach_trace.h"

SKEP_LICENSE("GPL");

__u64 hits[HIT_COUNT];
__u32 me;

static int count(enum hit hit)
{
	if (skep_current_pid() == me)
		__sync_fetch_and_add(&hits[hit], 1);
	return 0;
}

SEC("fentry")
int enter(void *ctx)
{
	return count(HIT_FENTRY);
}

SEC("fexit/security_task_getsid")
int leave(void *ctx)
{
	return count(HIT_FEXIT);
}

SEC("fmod_ret")
int modify(void *ctx)
{
	return count(HIT_FMOD_RET);
}

SEC("lsm/task_getsid")
int ask(void *ctx)
{
	return count(HIT_LSM);
}

SEC("lsm.s/sb_statfs")
int ask_sleepable(void *ctx)
{
	return count(HIT_LSM_SLEEPABLE);
}
