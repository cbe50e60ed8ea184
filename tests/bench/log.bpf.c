/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What a message costs: nothing, one whose level is off, one with two numbers,
 * one with an array of letters, one with a text. */
#include <skep/bpf/core.h>
#include <skep/bpf/log.h>

SKEP_LICENSE("GPL");

char path[64] = "/usr/lib/x86_64-linux-gnu/libc.so.6";

SEC("xdp")
int empty(struct xdp_md *ctx)
{
	return 2;
}

SEC("xdp")
int off(struct xdp_md *ctx)
{
	skep_debug("queue %u of %u", ctx->rx_queue_index, ctx->ingress_ifindex);
	return 2;
}

SEC("xdp")
int numbers(struct xdp_md *ctx)
{
	skep_info("queue %u of %u", ctx->rx_queue_index, ctx->ingress_ifindex);
	return 2;
}

SEC("xdp")
int text(struct xdp_md *ctx)
{
	skep_info("opened %s as %u", skep_str(path), ctx->rx_queue_index);
	return 2;
}

SEC("xdp")
int letters(struct xdp_md *ctx)
{
	skep_info("opened %s as %u", path, ctx->rx_queue_index);
	return 2;
}
