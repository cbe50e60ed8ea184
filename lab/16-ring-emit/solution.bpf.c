/* SPDX-License-Identifier: 0BSD */
/* One way to do it. */
#include <skep/bpf/core.h>

SKEP_LICENSE("GPL");

struct event {
	__u64 value;
};
SKEP_RINGBUF(events, struct event, 4096);

SEC("raw_tp/sys_enter")
int on_value(struct bpf_raw_tracepoint_args *ctx)
{
	skep_emit(ctx, &events, e) {
		e->value = ctx->args[0];
		if (e->value & 1)
			return 0;
	}
	return 0;
}
