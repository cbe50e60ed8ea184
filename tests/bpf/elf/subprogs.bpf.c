/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Static, global and weak functions, a callback, and programs with calls between sections. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

static __noinline int add(int a, int b)
{
	return a * 3 + b;
}

__noinline int global_function(int a)
{
	return add(a, 1) + a;
}

__weak __noinline int weak_function(int a)
{
	return a - 1;
}

__hidden __noinline int hidden_function(int a)
{
	return weak_function(a) ^ a;
}

static long each(__u32 index, void *ctx)
{
	*(long *)ctx += index;
	return index > 10;
}

SEC("tc")
int ingress(struct __sk_buff *skb)
{
	long sum = 0;

	bpf_loop(100, each, &sum, 0);
	return global_function(skb->len) + hidden_function(skb->mark) + sum;
}

SEC("tc")
int egress(struct __sk_buff *skb)
{
	return weak_function(add(skb->len, skb->mark));
}

SEC("?raw_tp/sched_switch")
int optional(void *ctx)
{
	return global_function(2);
}

char _license[] SEC("license") = "GPL";
