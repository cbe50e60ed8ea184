/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The context pointer is moved before it is used. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("tc")
int read_mark(struct __sk_buff *skb)
{
	__u32 *mark = (__u32 *)((char *)skb + 8);

	asm volatile("" : "+r"(mark));
	return *mark == 1; /* refused */
}

char LICENSE[] SEC("license") = "GPL";
