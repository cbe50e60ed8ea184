/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What a program finds in its context, told by maps. */
#include <skep/bpf/core.h>

#include "inside.h"

SKEP_LICENSE("GPL");

SKEP_ARRAY(seen, struct inside_seen, 1);
SKEP_HASH(flows, struct inside_flow, struct inside_count, 16);
SKEP_PERCPU_ARRAY(hits, __u32, 2);

/* Adds one to the metadata in front of the packet; where there is none, puts some there. */
SEC("xdp")
int on_frame(struct xdp_md *ctx)
{
	struct inside_seen now = { .ifindex = ctx->ingress_ifindex, .queue = ctx->rx_queue_index };
	__u32 *meta = (void *)(long)ctx->data_meta;
	__u32 zero = 0;

	if ((void *)(meta + 1) > (void *)(long)ctx->data) {
		if (bpf_xdp_adjust_meta(ctx, -4))
			return XDP_ABORTED;
		meta = (void *)(long)ctx->data_meta;
		if ((void *)(meta + 1) > (void *)(long)ctx->data)
			return XDP_ABORTED;
		*meta = INSIDE_META;
	}
	now.meta = *meta;
	*meta += 1;
	now.bytes = (__u32)(ctx->data_end - ctx->data);
	bpf_map_update_elem(&seen, &zero, &now, BPF_ANY);
	return XDP_PASS;
}

SEC("tc")
int on_skb(struct __sk_buff *ctx)
{
	struct inside_seen now = { .ifindex = ctx->ifindex,
				   .ingress = ctx->ingress_ifindex,
				   .bytes = ctx->len,
				   .mark = ctx->mark,
				   .priority = ctx->priority,
				   .wire_len = ctx->wire_len,
				   .gso_segs = ctx->gso_segs,
				   .gso_size = ctx->gso_size,
				   .tstamp = ctx->tstamp };
	__u32 zero = 0;

	bpf_map_update_elem(&seen, &zero, &now, BPF_ANY);
	ctx->mark += 1;
	ctx->priority = 5;
	ctx->cb[0] += 1;
	return 0;
}

/* Counts UDP over IPv4 by port; its other bytes are random, as of a program's stack. */
SEC("xdp")
int on_udp(struct xdp_md *ctx)
{
	unsigned char *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	struct inside_flow flow = { 0 };
	struct inside_count count, *old;
	__u32 one = 1, *hit = bpf_map_lookup_elem(&hits, &one);

	if (hit)
		*hit += 1;
	if (data + 42 > end || data[12] != 8 || data[13] != 0 || data[14] != 0x45 || data[23] != 17)
		return XDP_PASS;
	flow.port = (__u16)(data[36] << 8 | data[37]);
	flow.kind = 17;
	__builtin_memset(&count, 0xa5, sizeof(count));
	old = bpf_map_lookup_elem(&flows, &flow);
	count.last = data[42 - 8];
	count.packets = old ? old->packets + 1 : 1;
	bpf_map_update_elem(&flows, &flow, &count, BPF_ANY);
	return XDP_DROP;
}

SEC("syscall")
int on_call(struct inside_seen *args)
{
	args->mark += 1;
	return 3;
}

SEC("tracepoint/syscalls/sys_enter_getpgid")
int on_getpgid(void *ctx)
{
	return 0;
}
