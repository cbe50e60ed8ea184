/* SPDX-License-Identifier: 0BSD */
/*
 * Numbers on the wire
 *
 * Numbers of more than one byte are sent with the large end first. This processor, most likely, has
 * the small end first. Nothing is refused; it just never matches.
 *
 * To do: drop UDP datagrams over IPv4 to the port `blocked`. Other frames pass.
 */
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/udp.h>
#include <skep/bpf/core.h>
#include <bpf/bpf_endian.h>

SKEP_LICENSE("GPL");

const volatile __u16 blocked; /* a port, as people write it; set before the program is loaded */

SEC("xdp")
int block_port(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = data;
	struct iphdr *ip = (void *)(eth + 1);
	struct udphdr *udp = (void *)(ip + 1); /* without options */

	if ((void *)(udp + 1) > end)
		return XDP_PASS;
	if (eth->h_proto != ETH_P_IP || ip->ihl != 5 || ip->protocol != IPPROTO_UDP)
		return XDP_PASS;
	return udp->dest == blocked ? XDP_DROP : XDP_PASS;
}
