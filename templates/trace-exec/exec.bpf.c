/* SPDX-License-Identifier: 0BSD */
/* The kernel side. */
#include <skep/bpf/core.h>
#include "exec.h"

SKEP_LICENSE("GPL");

SKEP_RINGBUF(events, struct exec_event, 1 << 20);

const volatile __u32 min_uid; /* set by the user side before load */

SEC("raw_tp/sched_process_exec")
int on_exec(void *ctx)
{
	__u32 uid = skep_current_uid();

	if (uid < min_uid)
		return 0;
	skep_emit(ctx, &events, e) {
		e->pid = skep_current_pid();
		e->ppid = skep_current_ppid();
		e->uid = uid;
		skep_current_comm(e->comm);
	}
	return 0;
}
