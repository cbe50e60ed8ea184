/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The callback for exceptions is called like a function. */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

#define __exception_cb(name) __attribute__((btf_decl_tag("exception_callback:" #name)))

extern void bpf_throw(__u64 cookie) __ksym;

__u64 failures;

__noinline int on_failure(__u64 cookie)
{
	failures += cookie;
	return TC_ACT_OK;
}

SEC("tc")
__exception_cb(on_failure) int check_length(struct __sk_buff *skb)
{
	if (skb->len > 9000)
		return on_failure(skb->len); /* cause */
	if (skb->len < 14)
		bpf_throw(1);
	return TC_ACT_OK;
}

char LICENSE[] SEC("license") = "GPL";
