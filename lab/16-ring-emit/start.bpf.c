/* SPDX-License-Identifier: 0BSD */
/*
 * skep_emit: what submits, what discards
 *
 * skep_emit() is a block with a record of the ring. At its end the record is submitted, on every other way
 * out of it given back: nothing leaks. So how one leaves the block says what becomes of the record.
 *
 * To do: on_value() reports even values, and discards odd ones. It returns 0 for both. Now all are
 * discarded.
 */
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
		return 0;
	}
	return 0;
}
