/* SPDX-License-Identifier: 0BSD */
/* One way to do it. */
#include <skep/bpf/core.h>

SKEP_LICENSE("GPL");

const volatile __u32 most;

SEC("cgroup_skb/ingress")
int limit(struct __sk_buff *skb)
{
	return skb->len > most ? 0 : 1;
}
