/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The object that the documentation's user side is written for. */
#include <skep/bpf/core.h>
#include "execsnoop.h"

SKEP_LICENSE("GPL");

SKEP_HASH(execs, __u32, struct uid_stats, 10240);
SKEP_RINGBUF(events, struct exec_event, 1 << 20);

const volatile __u32 min_uid;

SEC("raw_tp/sched_process_exec")
int on_exec(void *ctx)
{
	if (skep_current_uid() < min_uid)
		return 0;
	skep_emit_zeroed(ctx, &events, e)
		e->pid = skep_current_pid();
	return 0;
}
