/* SPDX-License-Identifier: 0BSD */
/* The kernel side: called when a connection is there, and, since it asks for that, at each change. */
#include <linux/bpf.h>
#include <skep/bpf/core.h>
#include <skep/bpf/time.h>
#include <bpf/bpf_endian.h>
#include "tcp.h"

SKEP_LICENSE("GPL");

struct start {
	__u64 at;
	__u32 client;
	__u32 unused;
};

SKEP_LRU_HASH(starts, __u64, struct start, 65536); /* by the socket's cookie */
SKEP_RINGBUF(events, struct tcp_event, 1 << 20);

static void begin(struct bpf_sock_ops *ctx, __u64 cookie)
{
	struct start start = { skep_time_ns(), ctx->op == BPF_SOCK_OPS_ACTIVE_ESTABLISHED_CB, 0 };

	skep_map_put(&starts, &cookie, &start);
	bpf_sock_ops_cb_flags_set(ctx, BPF_SOCK_OPS_STATE_CB_FLAG);
}

static void end(struct bpf_sock_ops *ctx, __u64 cookie)
{
	struct start *start = skep_map_get(&starts, &cookie);

	if (!start)
		return;
	skep_emit(ctx, &events, e) {
		e->local_address = ctx->local_ip4;
		e->remote_address = ctx->remote_ip4;
		e->local_port = (__u16)ctx->local_port;
		e->remote_port = (__u16)bpf_ntohl(ctx->remote_port);
		e->round_trip_us = ctx->srtt_us >> 3; /* the kernel keeps eighths */
		e->sent = ctx->bytes_acked;
		e->received = ctx->bytes_received;
		e->segments_again = ctx->total_retrans;
		e->client = start->client;
		e->took_ns = skep_time_ns() - start->at;
	}
	skep_map_del(&starts, &cookie);
}

SEC("sockops")
int on_step(struct bpf_sock_ops *ctx)
{
	__u64 cookie = bpf_get_socket_cookie(ctx);

	switch (ctx->op) {
	case BPF_SOCK_OPS_ACTIVE_ESTABLISHED_CB:
	case BPF_SOCK_OPS_PASSIVE_ESTABLISHED_CB:
		begin(ctx, cookie);
		break;
	case BPF_SOCK_OPS_STATE_CB:
		if (ctx->args[1] == BPF_TCP_CLOSE)
			end(ctx, cookie);
		break;
	}
	return 1;
}
