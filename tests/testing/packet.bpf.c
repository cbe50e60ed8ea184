/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A program of each kind that the kernel runs in different ways, and one that it does not. */
#include <skep/bpf/core.h>

#include "packet.h"

SKEP_LICENSE("GPL");

SKEP_RINGBUF(seen, struct packet_seen, 4096);

/* Turns the first byte over; too short a packet is dropped. */
SEC("xdp")
int on_packet(struct xdp_md *ctx)
{
	unsigned char *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;

	if (data + PACKET_LEAST > end)
		return XDP_DROP;
	skep_emit(ctx, &seen, e) {
		e->bytes = (__u32)(end - data);
		e->first = data[0];
	}
	data[0] = ~data[0];
	return XDP_TX;
}

SEC("syscall")
int on_call(struct call_args *args)
{
	args->sum = args->a + args->b;
	return (int)args->a;
}

SEC("tracepoint/syscalls/sys_enter_getpgid")
int on_getpgid(void *ctx)
{
	return 0;
}
