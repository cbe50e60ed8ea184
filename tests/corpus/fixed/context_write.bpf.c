/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("tc")
int change(struct __sk_buff *skb)
{
	skb->mark = 0;
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
