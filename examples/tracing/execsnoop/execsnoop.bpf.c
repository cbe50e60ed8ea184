/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include <skep/bpf/core.h>
#include "execsnoop.h"

SKEP_LICENSE("GPL");

SKEP_HASH(started, __u32, __u64, 65536); /* process -> when it called exec */
SKEP_RINGBUF_VAR(events, struct exec_event, ARGS_BYTES, 1 << 20);

const volatile __u32 only_uid = ANY_UID;
const volatile char only_comm[SKEP_COMM_BYTES];
const volatile bool with_exits;

static bool is_wanted(const char *comm)
{
	if (only_uid != ANY_UID && only_uid != skep_current_uid())
		return false;
	for (int i = 0; i < SKEP_COMM_BYTES && only_comm[0]; i++) {
		if (comm[i] != only_comm[i])
			return false;
		if (!comm[i])
			break;
	}
	return true;
}

SEC("raw_tp/sched_process_exec")
int on_exec(void *ctx)
{
	__u32 pid = skep_current_pid(), filled = 0;
	__u64 now = skep_time_ns();
	char comm[SKEP_COMM_BYTES];

	skep_current_comm(comm);
	if (!is_wanted(comm))
		return 0;
	if (with_exits)
		skep_map_put(&started, &pid, &now);
	skep_emit_var(ctx, &events, e, filled) {
		long copied = skep_current_args(e->args, ARGS_BYTES, &e->args_total);

		filled = copied > 0 ? copied : 0;
		e->kind = EXEC_START;
		e->duration_ns = 0;
		e->status = 0;
		e->pid = pid;
		e->ppid = skep_current_ppid();
		e->uid = skep_current_uid();
		skep_current_comm(e->comm);
	}
	return 0;
}

SEC("raw_tp/sched_process_exit")
int on_exit(void *ctx)
{
	__u32 pid = skep_current_pid();
	__u64 *since, began;

	since = with_exits && skep_current_is_last_thread() ? skep_map_get(&started, &pid) : 0;
	if (!since)
		return 0;
	began = *since;
	if (skep_map_del(&started, &pid))
		return 0; /* two last threads on two CPUs: the other one was first */
	skep_emit_var(ctx, &events, e, 0) {
		e->kind = EXEC_EXIT;
		e->duration_ns = skep_time_ns() - began;
		e->status = skep_current_exit_status();
		e->pid = pid;
		e->ppid = skep_current_ppid();
		e->uid = skep_current_uid();
		e->args_total = 0;
		skep_current_comm(e->comm);
	}
	return 0;
}
