/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include <skep/bpf/core.h>
#include <skep/bpf/filter.h>
#include <skep/bpf/net.h>
#include "dnswatch.h"

SKEP_LICENSE("GPL");

SKEP_LRU_HASH(owners, __u64, struct owner, 16384); /* of sockets, by cookie */
SKEP_LRU_HASH(queries, __u64, __u64, 16384);       /* when they went out; by cookie and number */
SKEP_RINGBUF(events, struct dns_event, 1 << 20);

const volatile struct skep_filter filter;
const volatile __u16 port = 53;

/* Here the current process is the one that asks; where packets are it may be another. */
static __always_inline int remember(struct bpf_sock_addr *ctx)
{
	__u64 socket = bpf_get_socket_cookie(ctx);
	struct owner owner = { .pid = skep_current_pid(), .uid = skep_current_uid() };

	if (bpf_ntohs(ctx->user_port) != port)
		return 1;
	skep_current_comm(owner.comm);
	if (skep_filter_accepts(&filter))
		skep_map_put(&owners, &socket, &owner);
	else
		skep_map_del(&owners, &socket);
	return 1;
}

#define ON(hook)                                                                                   \
	SEC("cgroup/" #hook)                                                                       \
	int on_##hook(struct bpf_sock_addr *ctx)                                                   \
	{                                                                                          \
		return remember(ctx);                                                              \
	}
ON(connect4)
ON(connect6)
ON(sendmsg4)
ON(sendmsg6)

/* Since its query went out, for an answer. */
static __always_inline __u64 latency_of(__u64 query, bool is_answer)
{
	__u64 now = skep_time_ns(), *asked = skep_map_get(&queries, &query);
	__u64 ns = is_answer && asked ? now - *asked : 0;

	if (is_answer)
		skep_map_del(&queries, &query);
	else
		skep_map_put(&queries, &query, &now);
	return ns;
}

/* A packet from IP on; its message begins behind UDP, or behind TCP and two bytes of length. */
static __always_inline int watch(struct __sk_buff *ctx, bool is_answer)
{
	__u64 socket = bpf_get_socket_cookie(ctx);
	struct owner *owner = skep_map_get(&owners, &socket);
	struct skep_packet p = skep_packet(ctx);
	struct skep_flow flow;
	__u64 at, bytes;
	__u16 id;

	skep_packet_rewind(&p, SKEP_NEXT_IP);
	if (skep_parse_flow(&p, &flow) || (is_answer ? flow.src_port : flow.dst_port) != port)
		return 1;
	at = p.at + (flow.proto == 6 ? 2 : 0);
	bytes = ctx->len - at;
	if (at + 12 > ctx->len || bpf_skb_load_bytes(ctx, at, &id, 2) ||
	    (!owner && (filter.pid || filter.by_uid || filter.comm[0])))
		return 1;
	bytes = bytes > MOST_BYTES ? MOST_BYTES : bytes;
	skep_emit_zeroed(ctx, &events, e) {
		e->ns = latency_of(socket << 16 | id, is_answer);
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
