/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A field that this program type has not. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("socket")
int filter(struct __sk_buff *skb)
{
	return skb->data_end - skb->data; /* refused */
}

char LICENSE[] SEC("license") = "GPL";
