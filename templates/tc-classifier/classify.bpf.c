/* SPDX-License-Identifier: 0BSD */
/* The kernel side: runs for each packet that leaves an interface. */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <skep/bpf/core.h>
#include <skep/bpf/net.h>
#include "classify.h"

SKEP_LICENSE("GPL");

SKEP_HASH(classes, __u16, struct class, 1024); /* by destination port */

SEC("tc")
int classify(struct __sk_buff *ctx)
{
	struct skep_packet p = skep_packet(ctx);
	struct skep_flow flow;
	struct class *class;
	__u16 port;

	if (skep_parse_flow(&p, &flow))
		return TC_ACT_UNSPEC; /* not IP: as if this were not here */
	port = flow.dst_port;
	class = skep_map_get(&classes, &port);
	if (!class)
		return TC_ACT_UNSPEC;
	ctx->mark = class->mark;
	ctx->priority = class->priority;
	__sync_fetch_and_add(&class->packets, 1);
	__sync_fetch_and_add(&class->bytes, ctx->len);
	return TC_ACT_UNSPEC;
}
