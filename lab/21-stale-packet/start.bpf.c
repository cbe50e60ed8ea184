/* SPDX-License-Identifier: 0BSD */
/*
 * Pointers that a helper makes invalid
 *
 * A packet's bytes may lie in pieces. bpf_skb_pull_data() makes the first of them lie together, perhaps in
 * other memory: what pointed into the packet before points nowhere now, and the verifier knows it.
 *
 * To do: protocol() returns the protocol of an IPv4 packet, 0 for other frames. It has to pull first,
 * as it does now.
 */
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <skep/bpf/core.h>
#include <bpf/bpf_endian.h>

SKEP_LICENSE("GPL");

#define NEEDED (sizeof(struct ethhdr) + sizeof(struct iphdr))

SEC("tc")
int protocol(struct __sk_buff *skb)
{
	void *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
	struct ethhdr *eth = data;
	struct iphdr *ip = (void *)(eth + 1);

	if ((void *)(ip + 1) > end)
		return 0;
	if (bpf_skb_pull_data(skb, NEEDED))
		return 0;
	return eth->h_proto == bpf_htons(ETH_P_IP) ? ip->protocol : 0;
}
