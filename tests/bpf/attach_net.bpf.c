/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* One program for each hook of the network; each counts, and some say in which order they ran. */
#include <skep/bpf/core.h>
#include <linux/pkt_cls.h>

#include "attach_net.h"

SKEP_LICENSE("GPL");

struct net_seen seen;

static __always_inline void count(__u32 which)
{
	__sync_fetch_and_add(&seen.counts[which], 1);
}

static __always_inline void note(__u32 who)
{
	__u32 at = seen.step;

	if (at < STEPS) {
		seen.steps[at] = who;
		seen.step = at + 1;
	}
}

SEC("xdp")
int xdp_pass(struct xdp_md *ctx)
{
	count(COUNT_XDP);
	return XDP_PASS;
}

SEC("xdp")
int xdp_one(struct xdp_md *ctx)
{
	note(1);
	return XDP_PASS;
}

SEC("xdp")
int xdp_two(struct xdp_md *ctx)
{
	note(2);
	return XDP_PASS;
}

SEC("xdp")
int xdp_drop(struct xdp_md *ctx)
{
	count(COUNT_DROP);
	note(3);
	return XDP_DROP;
}

static __noinline int inner(struct xdp_md *ctx)
{
	note(5);
	return ctx->data < ctx->data_end ? XDP_PASS : XDP_ABORTED;
}

SEC("xdp")
int xdp_calls(struct xdp_md *ctx)
{
	return inner(ctx);
}

SEC("tc")
int tc_count(struct __sk_buff *ctx)
{
	count(COUNT_TC);
	return TC_ACT_OK;
}

SEC("tc")
int tc_other(struct __sk_buff *ctx)
{
	note(4);
	return TC_ACT_UNSPEC;
}

/* So that the packet is taken apart again. */
SEC("tc")
int tc_rehash(struct __sk_buff *ctx)
{
	bpf_set_hash_invalid(ctx);
	bpf_get_hash_recalc(ctx);
	return TC_ACT_OK;
}

SEC("tcx/ingress")
int tcx_one(struct __sk_buff *ctx)
{
	count(COUNT_TCX);
	note(1);
	return TC_ACT_UNSPEC;
}

SEC("tcx/ingress")
int tcx_two(struct __sk_buff *ctx)
{
	note(2);
	return TC_ACT_UNSPEC;
}

SEC("tcx/ingress")
int tcx_three(struct __sk_buff *ctx)
{
	note(3);
	return TC_ACT_UNSPEC;
}

SEC("netkit/primary")
int nk_primary(struct __sk_buff *ctx)
{
	count(COUNT_NK);
	return TC_ACT_UNSPEC;
}

SEC("sk_lookup")
int sk_pass(struct bpf_sk_lookup *ctx)
{
	count(COUNT_SK);
	return SK_PASS;
}

SEC("flow_dissector")
int dissect(struct __sk_buff *ctx)
{
	count(COUNT_FLOW);
	return BPF_OK;
}

SEC("lwt_in")
int route_in(struct __sk_buff *ctx)
{
	count(COUNT_IN);
	return BPF_OK;
}

SEC("lwt_out")
int route_out(struct __sk_buff *ctx)
{
	count(COUNT_OUT);
	return BPF_OK;
}

SEC("lwt_xmit")
int route_xmit(struct __sk_buff *ctx)
{
	count(COUNT_XMIT);
	return BPF_OK;
}
