/* SPDX-License-Identifier: 0BSD */
/*
 * What is reserved must be given back
 *
 * bpf_ringbuf_reserve() lends a piece of the ring. It has to be submitted or discarded on every way
 * out of the program: nobody else would ever come past it.
 *
 * To do: on_value() reports each value but 0, which is not worth a record. (The exercise after this
 * one has something that cannot be forgotten.)
 */
#include <skep/bpf/core.h>

SKEP_LICENSE("GPL");

SKEP_RINGBUF(events, __u64, 4096);

SEC("raw_tp/sys_enter")
int on_value(struct bpf_raw_tracepoint_args *ctx)
{
	__u64 *event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);

	if (!event)
		return 0; /* the ring is full */
	*event = ctx->args[0];
	if (!*event)
		return 0;
	bpf_ringbuf_submit(event, 0);
	return 0;
}
