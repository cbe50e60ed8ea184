/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include <skep/bpf/core.h>
#include <skep/bpf/latency.h>
#include <skep/bpf/string.h>
#include "execsnoop.h"

SKEP_LICENSE("GPL");

SKEP_LATENCY_BY(running, __u32, 65536); /* by process, since its exec */
SKEP_RINGBUF_VAR(events, struct exec_event, ARGS_BYTES, 1 << 20);

const volatile __u32 only_uid = ANY_UID;
const volatile char only_comm[SKEP_COMM_BYTES];
const volatile bool with_exits;

static __always_inline void describe(struct exec_event *e, enum exec_kind kind, __u32 pid)
{
	*e = (struct exec_event){ .kind = kind, .pid = pid };
	e->ppid = skep_current_ppid();
	e->uid = skep_current_uid();
	skep_current_comm(e->comm);
}

SEC("raw_tp/sched_process_exec")
int on_exec(void *ctx)
{
	__u32 pid = skep_current_pid(), filled = 0;
	char comm[SKEP_COMM_BYTES];

	skep_current_comm(comm);
	if ((only_uid != ANY_UID && only_uid != skep_current_uid()) ||
	    (only_comm[0] && !skep_str_eq(comm, only_comm)))
		return 0;
	if (with_exits)
		skep_latency_start_of(&running, &pid);
	skep_emit_var(ctx, &events, e, filled) {
		long copied;

		describe(e, EXEC_START, pid);
		copied = skep_current_args(e->args, ARGS_BYTES, &e->args_total);
		filled = copied > 0 ? copied : 0;
	}
	return 0;
}

SEC("raw_tp/sched_process_exit")
int on_exit(void *ctx)
{
	__u32 pid = skep_current_pid();
	__u64 ns = 0;

	if (with_exits && skep_current_is_last_thread())
		ns = skep_latency_end_of(&running, &pid);
	if (!ns)
		return 0;
	skep_emit_var(ctx, &events, e, 0) {
		describe(e, EXEC_EXIT, pid);
		e->duration_ns = ns;
		e->status = skep_current_exit_status();
	}
	return 0;
}
