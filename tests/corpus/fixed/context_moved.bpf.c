/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("tc")
int read_mark(struct __sk_buff *skb)
{
	__u32 mark = skb->mark;

	asm volatile("" : "+r"(mark));
	return mark == 1;
}

char LICENSE[] SEC("license") = "GPL";
