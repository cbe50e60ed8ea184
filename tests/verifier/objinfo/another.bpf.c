/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Linked with several.bpf.c by bpftool: the same sections, and a function of that file. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

int deepest(__u32 number);

static __noinline int middle(__u32 number)
{
	return deepest(number ^ 1) + deepest(number ^ 2);
}

SEC("xdp")
int on_packet_too(struct xdp_md *ctx)
{
	return middle(ctx->rx_queue_index) ? XDP_PASS : XDP_DROP;
}

char _license[] SEC("license") = "GPL";
