/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include <skep/bpf/core.h>
#include <skep/bpf/filter.h>
#include <skep/bpf/latency.h>
#include <skep/bpf/net.h>
#include <skep/bpf/owner.h>
#include "dnswatch.h"

SKEP_LICENSE("GPL");

SKEP_OWNERS(owners, 16384);             /* of sockets */
SKEP_LATENCY_BY(queries, __u64, 16384); /* by socket and number */
SKEP_RINGBUF(events, struct dns_event, 1 << 20);

const volatile struct skep_filter filter;
const volatile __u16 port = 53;

/* Here the current process is the one that asks; where packets are it may be another. */
SKEP_ON_ADDRESS(on_address, ctx)
{
	if (bpf_ntohs(ctx->user_port) == port)
		skep_owner_set(&owners, ctx);
	return 1;
}

/* A packet from IP on; its message begins behind UDP, or behind TCP and two bytes of length. */
static __always_inline int watch(struct __sk_buff *ctx, bool is_answer)
{
	struct skep_who *owner = skep_owner_get(&owners, ctx);
	struct skep_packet p = skep_packet(ctx);
	__u64 at, bytes, query, ns = 0;
	struct skep_flow flow;
	__u16 id;

	skep_packet_rewind(&p, SKEP_NEXT_IP);
	if (skep_parse_flow(&p, &flow) || (is_answer ? flow.src_port : flow.dst_port) != port)
		return 1;
	at = p.at + (flow.proto == 6 ? 2 : 0);
	bytes = ctx->len - at;
	if (at + 12 > ctx->len || bpf_skb_load_bytes(ctx, at, &id, 2) ||
	    !skep_filter_accepts_who(&filter, owner))
		return 1;
	query = bpf_get_socket_cookie(ctx) << 16 | id;
	if (is_answer)
		ns = skep_latency_end_of(&queries, &query);
	else
		skep_latency_start_of(&queries, &query);
	bytes = bytes > MOST_BYTES ? MOST_BYTES : bytes;
	skep_emit_zeroed(ctx, &events, e) {
		e->ns = ns;
		e->is_answer = is_answer;
		e->bytes = bytes;
		e->flow = flow;
		if (owner)
			e->owner = *owner;
		/* Never 0, which the verifier does not know. */
		bpf_skb_load_bytes(ctx, at, e->message, ((bytes - 1) & (MOST_BYTES - 1)) + 1);
	}
	return 1;
}

SEC("cgroup_skb/egress")
int on_egress(struct __sk_buff *ctx)
{
	return watch(ctx, false);
}

SEC("cgroup_skb/ingress")
int on_ingress(struct __sk_buff *ctx)
{
	return watch(ctx, true);
}
