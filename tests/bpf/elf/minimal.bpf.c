/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The smallest useful object: one program, a licence. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("xdp")
int pass(struct xdp_md *ctx)
{
	return XDP_PASS;
}

char _license[] SEC("license") = "GPL";
