/* SPDX-License-Identifier: 0BSD */
/* One way to do it. */
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <skep/bpf/core.h>
#include <bpf/bpf_endian.h>

SKEP_LICENSE("GPL");

#define NEEDED (sizeof(struct ethhdr) + sizeof(struct iphdr))

SEC("tc")
int protocol(struct __sk_buff *skb)
{
	void *data, *end;
	struct ethhdr *eth;
	struct iphdr *ip;

	if (bpf_skb_pull_data(skb, NEEDED))
		return 0;
	data = (void *)(long)skb->data;
	end = (void *)(long)skb->data_end;
	eth = data;
	ip = (void *)(eth + 1);
	if ((void *)(ip + 1) > end)
		return 0;
	return eth->h_proto == bpf_htons(ETH_P_IP) ? ip->protocol : 0;
}
