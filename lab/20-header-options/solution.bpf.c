/* SPDX-License-Identifier: 0BSD */
/* One way to do it. */
#include <skep/bpf/core.h>
#include <skep/bpf/net.h>

SKEP_LICENSE("GPL");

const volatile __u16 blocked;

SEC("xdp")
int block_port(struct xdp_md *ctx)
{
	struct skep_packet p = skep_packet(ctx);
	struct skep_udp *udp;

	if (!skep_parse_eth(&p) || !skep_parse_ipv4(&p))
		return XDP_PASS;
	udp = skep_parse_udp(&p);
	return udp && udp->dst == bpf_htons(blocked) ? XDP_DROP : XDP_PASS;
}
