/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Tracing programs that every kernel loads. They count what one process does. */
#include <skep/bpf/core.h>

#include "attach_trace.h"

SKEP_LICENSE("GPL");

__u64 hits[HIT_COUNT];
__u64 last_cookie;
__u32 me; /* who counts: a tgid */

static int count(enum hit hit)
{
	if (skep_current_pid() == me)
		__sync_fetch_and_add(&hits[hit], 1);
	return 0;
}

SEC("kprobe")
int probe(void *ctx)
{
	__u64 cookie = bpf_get_attach_cookie(ctx);

	/* A probe without one that was freed may run a moment longer. */
	if (cookie && skep_current_pid() == me)
		last_cookie = cookie;
	return count(HIT_KPROBE);
}

SEC("kretprobe")
int probe_ret(void *ctx)
{
	return count(HIT_KPROBE);
}

SEC("kprobe/security_task_getsid")
int probe_said(void *ctx)
{
	return count(HIT_KPROBE);
}

SEC("ksyscall/getsid")
int call(void *ctx)
{
	return count(HIT_KPROBE);
}

SEC("kretsyscall/getsid")
int call_ret(void *ctx)
{
	return count(HIT_KPROBE);
}

SEC("kprobe.multi")
int multi(void *ctx)
{
	return count(HIT_MULTI);
}

SEC("kretprobe.multi")
int multi_ret(void *ctx)
{
	return count(HIT_MULTI);
}

SEC("kprobe.multi/security_task_getsi?")
int multi_said(void *ctx)
{
	return count(HIT_MULTI);
}

SEC("kprobe.session/security_task_getsid")
int session(void *ctx)
{
	return count(HIT_SESSION);
}

SEC("tp/sched/sched_process_exec")
int point(void *ctx)
{
	__sync_fetch_and_add(&hits[HIT_TRACEPOINT], 1);
	return 0;
}

SEC("tp")
int point_anywhere(void *ctx)
{
	__sync_fetch_and_add(&hits[HIT_TRACEPOINT], 1);
	return 0;
}

SEC("raw_tp")
int raw(void *ctx)
{
	__sync_fetch_and_add(&hits[HIT_RAW], 1);
	return 0;
}

SEC("perf_event")
int sample(void *ctx)
{
	return count(HIT_SAMPLE);
}
