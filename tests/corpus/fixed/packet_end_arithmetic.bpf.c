/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

SEC("xdp")
int drop(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data;
	char *data_end = (void *)(long)ctx->data_end;

	return (char *)data + 14 > data_end ? XDP_DROP : XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
