/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A tc program sets it. */
#include <linux/bpf.h>
#include <linux/ip.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define DSCP_EF 0xb8

SEC("tc")
int set_dscp(struct __sk_buff *skb)
{
	void *data_end = (void *)(long)skb->data_end;
	struct iphdr *ip = (void *)(long)skb->data + 14;

	if (skb->protocol != bpf_htons(0x0800) || (void *)(ip + 1) > data_end)
		return 0;
	ip->tos = DSCP_EF;
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
