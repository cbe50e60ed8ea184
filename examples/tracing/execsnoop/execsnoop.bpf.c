/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include <skep/bpf/core.h>
#include <skep/bpf/filter.h>
#include <skep/bpf/latency.h>
#include "execsnoop.h"

SKEP_LICENSE("GPL");

SKEP_LATENCY_BY(running, __u32, 65536); /* by process, since its exec */
SKEP_RINGBUF_VAR(events, struct exec_event, ARGS_BYTES, 1 << 20);

const volatile struct skep_filter filter;
const volatile bool with_exits;

static __always_inline void describe(struct exec_event *e, __u32 pid)
{
	*e = (struct exec_event){ .pid = pid,
				  .ppid = skep_current_ppid(),
				  .uid = skep_current_uid() };
	skep_current_comm(e->comm);
}

SEC("raw_tp/sched_process_exec")
int on_exec(void *ctx)
{
	__u32 pid = skep_current_pid();
	long bytes = 0;

	if (!skep_filter_accepts(&filter))
		return 0;
	if (with_exits)
		skep_latency_start_of(&running, &pid);
	skep_emit_var(ctx, &events, e, bytes) {
		describe(e, pid);
		bytes = skep_current_args(e->args, ARGS_BYTES, &e->args_total);
	}
	return 0;
}

SEC("raw_tp/sched_process_exit")
int on_exit(void *ctx)
{
	__u32 pid = skep_current_pid();
	bool ends = with_exits && skep_current_is_last_thread();
	__u64 ns = ends ? skep_latency_end_of(&running, &pid) : 0;

	if (!ns)
		return 0;
	skep_emit_var(ctx, &events, e, 0) {
		describe(e, pid);
		e->is_exit = 1;
		e->duration_ns = ns;
		e->status = skep_current_exit_status();
	}
	return 0;
}
