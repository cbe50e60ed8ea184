/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The middle of the packet is computed from the addresses of its two ends. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("xdp")
int drop_zero_middle(struct xdp_md *ctx)
{
	void *data_end = (void *)(long)ctx->data_end;
	void *data = (void *)(long)ctx->data;
	__u8 *middle = (void *)(((__u64)data + (__u64)data_end) / 2); /* refused */

	if (middle + 1 > (__u8 *)data_end)
		return XDP_PASS;
	return *middle ? XDP_PASS : XDP_DROP;
}

char LICENSE[] SEC("license") = "GPL";
