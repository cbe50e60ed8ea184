/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The start of the packet is kept in a long on its way from the context to a pointer. */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

struct counters {
	__u64 ipv4;
	__u64 ipv6;
	__u64 other;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, 64);
	__type(key, __u32);
	__type(value, struct counters);
} protocols SEC(".maps");

static __always_inline int ethertype(long start, long end)
{
	struct ethhdr *eth = (void *)(long)start;

	if ((void *)(eth + 1) > (void *)(long)end)
		return -1;
	return bpf_ntohs(eth->h_proto);
}

SEC("tc")
int count_protocols(struct __sk_buff *skb)
{
	__u32 ifindex = skb->ifindex;
	struct counters *counters;
	int type;

	if (skb->pkt_type == PACKET_LOOPBACK)
		return TC_ACT_OK;
	counters = bpf_map_lookup_elem(&protocols, &ifindex);
	if (!counters)
		return TC_ACT_OK;
	type = ethertype(skb->data, skb->data_end);
	if (type == ETH_P_IP)
		counters->ipv4++;
	else if (type == ETH_P_IPV6)
		counters->ipv6++;
	else
		counters->other++;
	return TC_ACT_OK;
}

char LICENSE[] SEC("license") = "GPL";
