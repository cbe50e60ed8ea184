/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Half of the length is added to the beginning. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("xdp")
int drop_zero_middle(struct xdp_md *ctx)
{
	void *data_end = (void *)(long)ctx->data_end;
	void *data = (void *)(long)ctx->data;
	__u8 *middle = data + (((__u64)data_end - (__u64)data) / 2 & 0x3fff);

	if (middle + 1 > (__u8 *)data_end)
		return XDP_PASS;
	return *middle ? XDP_PASS : XDP_DROP;
}

char LICENSE[] SEC("license") = "GPL";
