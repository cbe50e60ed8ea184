/* SPDX-License-Identifier: 0BSD */
/* The kernel side: how much of a packet the socket gets; of most, nothing. */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <skep/bpf/core.h>
#include <bpf/bpf_endian.h>
#include "sniff.h"

SKEP_LICENSE("GPL");

#define HEADERS 128 /* bytes that the socket gets of a packet */

const volatile __u16 wanted_port; /* set by the user side before load */

__u64 looked_at;

/* Such programs cannot touch the packet: they ask for its bytes. */
static __u16 port_at(struct __sk_buff *ctx, __u32 offset)
{
	__be16 port = 0;

	bpf_skb_load_bytes(ctx, offset, &port, sizeof(port));
	return bpf_ntohs(port);
}

SEC("socket")
int choose(struct __sk_buff *ctx)
{
	__u8 first = 0, protocol = 0;
	__u32 ports;

	__sync_fetch_and_add(&looked_at, 1);
	if (ctx->protocol != bpf_htons(ETH_P_IP))
		return 0;
	bpf_skb_load_bytes(ctx, ETH_HLEN, &first, 1);
	bpf_skb_load_bytes(ctx, ETH_HLEN + 9, &protocol, 1);
	if (protocol != IPPROTO_TCP && protocol != IPPROTO_UDP)
		return 0;
	ports = ETH_HLEN + (first & 0xf) * 4;
	if (port_at(ctx, ports) != wanted_port && port_at(ctx, ports + 2) != wanted_port)
		return 0;
	return HEADERS;
}
