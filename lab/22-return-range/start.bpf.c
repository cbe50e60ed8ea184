/* SPDX-License-Identifier: 0BSD */
/*
 * What a program may return
 *
 * What a return value means depends on the hook. tc's 2 is "drop"; for a program at a cgroup's ingress
 * only 0 (drop) and 1 (let pass) mean anything, and the verifier refuses all else.
 *
 * To do: drop packets that are longer than `most` bytes, let others pass.
 */
#include <skep/bpf/core.h>
#include <linux/pkt_cls.h>

SKEP_LICENSE("GPL");

const volatile __u32 most;

SEC("cgroup_skb/ingress")
int limit(struct __sk_buff *skb)
{
	return skb->len > most ? TC_ACT_SHOT : TC_ACT_OK;
}
