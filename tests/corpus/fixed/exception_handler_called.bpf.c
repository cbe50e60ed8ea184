/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The function is not the callback for exceptions. */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

extern void bpf_throw(__u64 cookie) __ksym;

__u64 failures;

__noinline int on_failure(__u64 cookie)
{
	failures += cookie;
	return TC_ACT_OK;
}

SEC("tc")
int check_length(struct __sk_buff *skb)
{
	if (skb->len > 9000)
		return on_failure(skb->len);
	if (skb->len < 14)
		bpf_throw(1);
	return TC_ACT_OK;
}

char LICENSE[] SEC("license") = "GPL";
