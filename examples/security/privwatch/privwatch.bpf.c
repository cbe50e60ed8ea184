/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include <skep/bpf/core.h>
#include <skep/bpf/cred.h>
#include <skep/bpf/filter.h>
#include <skep/bpf/syscall.h>
#include <skep/bpf/trace.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include "privwatch.h"

SKEP_LICENSE("GPL");

SKEP_LRU_HASH(calls, __u64, struct priv_event, 4096); /* by task, which an exec does not change */
SKEP_RINGBUF(events, struct priv_event, 1 << 20);

const volatile struct skep_filter filter;
const volatile bool watched[CALLS];
const volatile __u32 nr_ptrace, nr_clone;

SEC("raw_tp/sys_enter")
int SKEP_RAW_TP(on_enter, void *regs, long number)
{
	struct priv_event begun = { .number = skep_current_syscall(number) };
	__u64 task = bpf_get_current_task();
	struct skep_syscall call;

	if (begun.number >= CALLS || !watched[begun.number] || !skep_filter_accepts(&filter))
		return 0;
	if (begun.number == nr_ptrace) {
		skep_syscall_read(regs, number, &call);
		begun.traced = call.args[1];
		if (call.args[0] != PTRACE_ATTACH && call.args[0] != PTRACE_SEIZE)
			return 0;
	}
	begun.pid = skep_current_pid();
	skep_task_cred(NULL, &begun.before);
	skep_map_put(&calls, &task, &begun);
	return 0;
}

/* By the number, a load, nearly all are told to be others; not by one that has become none. */
SEC("tp_btf/sys_exit")
int SKEP_FENTRY(on_exit, const void *regs, long result)
{
	__u32 number = skep_current_syscall(skep_syscall_number_btf(regs));
	__u64 task = bpf_get_current_task();
	struct priv_event *call;

	if (number < CALLS && !watched[number])
		return 0;
	call = skep_map_get(&calls, &task);
	if (!call)
		return 0;
	call->result = result;
	skep_task_cred(NULL, &call->after);
	skep_current_comm(call->comm);
	if (call->traced || result == -1 /* EPERM */ ||
	    skep_cred_changes(&call->before, &call->after))
		skep_emit(ctx, &events, e)
			*e = *call;
	skep_map_del(&calls, &task);
	return 0;
}

/* A child that begins in a user namespace of its own, with all capabilities there. */
SEC("raw_tp/task_newtask")
int SKEP_RAW_TP(on_clone, void *child, __u64 flags)
{
	if (!(flags & CLONE_NEWUSER) || !skep_filter_accepts(&filter))
		return 0;
	skep_emit_zeroed(ctx, &events, e) {
		e->pid = skep_current_pid();
		e->number = nr_clone;
		skep_task_cred(NULL, &e->before);
		skep_task_cred(child, &e->after);
		skep_current_comm(e->comm);
	}
	return 0;
}
