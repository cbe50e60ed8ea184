/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The packet is read as in old examples of socket filters, in XDP. */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

unsigned long long load_half(void *skb, unsigned long long off) asm("llvm.bpf.load.half");

SEC("xdp")
int drop_lldp(struct xdp_md *ctx)
{
	if (load_half(ctx, 12) == 0x88cc) /* refused */
		return XDP_DROP;
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
