/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include <skep/bpf/core.h>
#include "watch.h"

SKEP_LICENSE("GPL");

SKEP_RINGBUF(events, struct exec_event, 1 << 16);

SEC("raw_tp/sched_process_exec")
int on_exec(void *ctx)
{
	skep_emit(ctx, &events, e) {
		e->pid = skep_current_pid();
		skep_current_comm(e->comm);
	}
	return 0;
}
