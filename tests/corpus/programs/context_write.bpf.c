/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A field that is read-only. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("tc")
int change(struct __sk_buff *skb)
{
	skb->len = 0; /* refused */
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
