/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The outer header is taken off, and the inner one read where it was. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/udp.h>
#include <linux/tcp.h>
#include <bpf/bpf_endian.h>
#include <linux/pkt_cls.h>

SEC("tc")
int decap(struct __sk_buff *skb)
{
	void *data = (void *)(long)skb->data;
	void *data_end = (void *)(long)skb->data_end;
	struct ethhdr *eth = data;
	struct iphdr *outer = (void *)(eth + 1), *inner;

	if ((void *)(outer + 1) > data_end)
		return TC_ACT_OK;
	if (outer->protocol != IPPROTO_IPIP)
		return TC_ACT_OK;
	if (bpf_skb_adjust_room(skb, -(int)sizeof(*outer), BPF_ADJ_ROOM_MAC, 0)) /* cause */
		return TC_ACT_SHOT;
	inner = outer + 1;
	if (inner->ttl <= 1) /* refused */
		return TC_ACT_SHOT;
	return TC_ACT_OK;
}

char LICENSE[] SEC("license") = "GPL";
