/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A name of a query is read up to its end, or 63 bytes, and the packet may end before. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/udp.h>
#include <linux/tcp.h>
#include <bpf/bpf_endian.h>
#include <linux/pkt_cls.h>

struct dns_header {
	__be16 id, flags, questions, answers, authority, additional;
};

struct name {
	char text[64];
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct name);
	__type(value, __u64);
} queries SEC(".maps");

SEC("tc")
int count_names(struct __sk_buff *skb)
{
	void *data = (void *)(long)skb->data;
	void *data_end = (void *)(long)skb->data_end;
	struct ethhdr *eth = data;
	struct iphdr *ip = (void *)(eth + 1);
	struct udphdr *udp = (void *)(ip + 1);
	struct dns_header *dns = (void *)(udp + 1);
	struct name name = {};
	__u64 one = 1, *count;
	unsigned char *p;

	if ((void *)(dns + 1) > data_end) /* cause */
		return TC_ACT_OK;
	if (eth->h_proto != bpf_htons(ETH_P_IP) || ip->protocol != IPPROTO_UDP ||
	    udp->dest != bpf_htons(53))
		return TC_ACT_OK;
	p = (void *)(dns + 1);
	for (int i = 0; i < 63; i++) {
		if (p[i] == 0) /* refused */
			break;
		name.text[i] = p[i];
	}
	count = bpf_map_lookup_elem(&queries, &name);
	if (count)
		__sync_fetch_and_add(count, 1);
	else
		bpf_map_update_elem(&queries, &name, &one, BPF_ANY);
	return TC_ACT_OK;
}

char LICENSE[] SEC("license") = "GPL";
