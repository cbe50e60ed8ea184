/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The packet is this CPU's alone, so a plain addition does. */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

SEC("tc")
int count_hops(struct __sk_buff *skb)
{
	skb->mark++;
	return TC_ACT_OK;
}

char LICENSE[] SEC("license") = "GPL";
