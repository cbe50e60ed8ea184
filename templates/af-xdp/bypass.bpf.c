/* SPDX-License-Identifier: 0BSD */
/* The kernel side: for each packet, before the network stack sees it: to a socket of ours, or on. */
#include <linux/bpf.h>
#include <skep/bpf/core.h>
#include <skep/bpf/net.h>
#include "bypass.h"

SKEP_LICENSE("GPL");

SKEP_XSKMAP(sockets, QUEUES_MOST); /* by the queue that a packet came in by */

const volatile __u16 port; /* set by the user side before load */

#define UDP 17

SEC("xdp")
int choose(struct xdp_md *ctx)
{
	struct skep_packet p = skep_packet(ctx);
	struct skep_flow flow;

	if (skep_parse_flow(&p, &flow) || flow.proto != UDP || flow.dst_port != port)
		return XDP_PASS;
	return skep_redirect_map(&sockets, ctx->rx_queue_index, XDP_PASS);
}
