/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A field of the context is added to atomically. */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

SEC("tc")
int count_hops(struct __sk_buff *skb)
{
	__sync_fetch_and_add(&skb->mark, 1); /* refused */
	return TC_ACT_OK;
}

char LICENSE[] SEC("license") = "GPL";
