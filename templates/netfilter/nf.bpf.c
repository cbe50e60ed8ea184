/* SPDX-License-Identifier: 0BSD */
/* The kernel side: called for each packet to this machine, after routing. */
#include "vmlinux.h"
#include <skep/bpf/core.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include "nf.h"

SKEP_LICENSE("GPL");

#define REFUSE 0 /* NF_DROP */
#define ACCEPT 1 /* NF_ACCEPT */

const volatile __u16 port; /* set by the user side before load */

__u64 refused;

/* The packet begins with IP's header here, and that one is whole. */
static __u16 port_of(struct sk_buff *skb)
{
	const unsigned char *ip = BPF_CORE_READ(skb, head) + BPF_CORE_READ(skb, network_header);
	struct iphdr header = {};
	__be16 ports[2] = {};

	bpf_probe_read_kernel(&header, sizeof(header), ip);
	if (header.protocol != IPPROTO_TCP && header.protocol != IPPROTO_UDP)
		return 0;
	bpf_probe_read_kernel(ports, sizeof(ports), ip + header.ihl * 4);
	return bpf_ntohs(ports[1]);
}

SEC("netfilter")
int filter(struct bpf_nf_ctx *ctx)
{
	if (port_of(ctx->skb) != port)
		return ACCEPT;
	__sync_fetch_and_add(&refused, 1);
	return REFUSE;
}
