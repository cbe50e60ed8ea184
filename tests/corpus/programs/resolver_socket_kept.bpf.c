/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The socket is looked up, and is not released when it has the wrong mark. */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/pkt_cls.h>
#include <linux/udp.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

#define RESOLVER_MARK 0x53

struct answer_stats {
	__u64 wanted;
	__u64 unwanted;
};

struct answer_stats answers;

static __always_inline int known_resolver(struct __sk_buff *skb, struct iphdr *iph,
					  struct udphdr *udp)
{
	struct bpf_sock_tuple tuple = {};
	struct bpf_sock *sk;

	tuple.ipv4.saddr = iph->saddr;
	tuple.ipv4.daddr = iph->daddr;
	tuple.ipv4.sport = udp->source;
	tuple.ipv4.dport = udp->dest;
	sk = bpf_sk_lookup_udp(skb, &tuple, sizeof(tuple.ipv4), BPF_F_CURRENT_NETNS, 0); /* cause */
	if (!sk)
		return 0;
	if (sk->mark != RESOLVER_MARK)
		return 0;
	bpf_sk_release(sk);
	return 1;
}

SEC("tc")
int dns_answers(struct __sk_buff *skb)
{
	void *data_end = (void *)(long)skb->data_end;
	struct ethhdr *eth = (void *)(long)skb->data;
	struct iphdr *iph = (void *)(eth + 1);
	struct udphdr *udp = (void *)(iph + 1);

	if ((void *)(udp + 1) > data_end)
		return TC_ACT_OK;
	if (eth->h_proto != bpf_htons(ETH_P_IP) || iph->ihl != 5)
		return TC_ACT_OK;
	if (iph->protocol != IPPROTO_UDP || udp->source != bpf_htons(53))
		return TC_ACT_OK;
	if (known_resolver(skb, iph, udp)) {
		__sync_fetch_and_add(&answers.wanted, 1);
		return TC_ACT_OK;
	}
	__sync_fetch_and_add(&answers.unwanted, 1);
	return TC_ACT_SHOT;
} /* refused */

char LICENSE[] SEC("license") = "GPL";
