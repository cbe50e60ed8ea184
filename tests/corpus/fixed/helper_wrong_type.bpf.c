/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("tc")
int pull(struct __sk_buff *skb)
{
	return bpf_skb_pull_data(skb, 64);
}

char LICENSE[] SEC("license") = "GPL";
