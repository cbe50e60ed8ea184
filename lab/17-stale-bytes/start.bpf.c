/* SPDX-License-Identifier: 0BSD */
/*
 * Records are not zeroed
 *
 * Neither bpf_ringbuf_reserve() nor skep_emit() clears the memory: it holds what an older record
 * left. That costs nothing, and means that each member is assigned on every way.
 *
 * To do: `extra` is args[1] where args[2] says that there is one, else 0.
 */
#include <skep/bpf/core.h>

SKEP_LICENSE("GPL");

struct event {
	__u64 value;
	__u64 extra;
	__u64 reserved[5];
};
SKEP_RINGBUF(events, struct event, 4096);

SEC("raw_tp/sys_enter")
int on_value(struct bpf_raw_tracepoint_args *ctx)
{
	skep_emit(ctx, &events, e) {
		e->value = ctx->args[0];
		if (ctx->args[2])
			e->extra = ctx->args[1];
	}
	return 0;
}
