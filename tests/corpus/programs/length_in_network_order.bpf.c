/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The length of the headers is turned to network order before it is added. */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define HEADERS bpf_htonl(sizeof(struct ethhdr) + sizeof(struct iphdr)) /* cause */

SEC("xdp")
int drop_port_zero(struct xdp_md *ctx)
{
	void *data_end = (void *)(long)ctx->data_end;
	void *data = (void *)(long)ctx->data;
	__u16 *port = data + HEADERS;

	if ((void *)(port + 1) > data_end) /* refused */
		return XDP_PASS;
	return *port ? XDP_PASS : XDP_DROP;
}

char LICENSE[] SEC("license") = "GPL";
