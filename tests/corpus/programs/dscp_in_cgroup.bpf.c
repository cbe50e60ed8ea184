/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The type of service is set in the packet, in a program of a cgroup. */
#include <linux/bpf.h>
#include <linux/ip.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define DSCP_EF 0xb8

SEC("cgroup_skb/egress")
int set_dscp(struct __sk_buff *skb)
{
	void *data_end = (void *)(long)skb->data_end;
	struct iphdr *ip = (void *)(long)skb->data;

	if (skb->protocol != bpf_htons(0x0800) || (void *)(ip + 1) > data_end)
		return 1;
	ip->tos = DSCP_EF; /* refused */
	return 1;
}

char LICENSE[] SEC("license") = "GPL";
