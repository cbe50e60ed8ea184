/* SPDX-License-Identifier: 0BSD */
/* One way to do it. */
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/udp.h>
#include <skep/bpf/core.h>
#include <bpf/bpf_endian.h>

SKEP_LICENSE("GPL");

const volatile __u16 blocked;

SEC("xdp")
int block_port(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = data;
	struct iphdr *ip = (void *)(eth + 1);
	struct udphdr *udp = (void *)(ip + 1);

	if ((void *)(udp + 1) > end)
		return XDP_PASS;
	if (eth->h_proto != bpf_htons(ETH_P_IP) || ip->ihl != 5 || ip->protocol != IPPROTO_UDP)
		return XDP_PASS;
	return udp->dest == bpf_htons(blocked) ? XDP_DROP : XDP_PASS;
}
