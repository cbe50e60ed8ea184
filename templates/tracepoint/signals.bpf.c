/* SPDX-License-Identifier: 0BSD */
/* The kernel side: fields as /sys/kernel/tracing/events/signal/signal_generate/format lists them. */
#include "vmlinux.h"
#include <skep/bpf/core.h>
#include "signals.h"

SKEP_LICENSE("GPL");

SKEP_RINGBUF(events, struct signal_event, 1 << 18);

const volatile __s32 only; /* a signal's number; set by the user side before load; 0: all */

SEC("tp/signal/signal_generate")
int on_signal(struct trace_event_raw_signal_generate *ctx)
{
	if (only && ctx->sig != only)
		return 0;
	skep_emit(ctx, &events, e) {
		e->from = skep_current_pid();
		e->to = (__u32)ctx->pid;
		e->number = ctx->sig;
		e->code = ctx->code;
		skep_current_comm(e->from_comm);
		bpf_probe_read_kernel(e->to_comm, sizeof(e->to_comm), ctx->comm);
	}
	return 0;
}
