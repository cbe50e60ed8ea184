/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The length is checked once, for a frame without a VLAN tag; the tag then moves the IP header. */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

struct vlan_tag {
	__be16 tci;
	__be16 proto;
};

struct pair {
	__be32 saddr;
	__be32 daddr;
};

struct traffic {
	__u64 packets;
	__u64 bytes;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 8192);
	__type(key, struct pair);
	__type(value, struct traffic);
} talkers SEC(".maps");

SEC("tc")
int count_talkers(struct __sk_buff *skb)
{
	void *data_end = (void *)(long)skb->data_end;
	void *data = (void *)(long)skb->data;
	struct traffic fresh = { .packets = 1, .bytes = skb->len };
	struct ethhdr *eth = data;
	__u32 offset = sizeof(*eth);
	struct traffic *traffic;
	struct pair pair;
	struct iphdr *iph;
	__be16 proto;

	if (data + sizeof(*eth) + sizeof(*iph) > data_end) /* cause */
		return TC_ACT_OK;
	proto = eth->h_proto;
	if (proto == bpf_htons(ETH_P_8021Q) || proto == bpf_htons(ETH_P_8021AD)) {
		struct vlan_tag *tag = data + offset;

		proto = tag->proto;
		offset += sizeof(*tag);
	}
	if (proto != bpf_htons(ETH_P_IP))
		return TC_ACT_OK;

	iph = data + offset;
	pair.saddr = iph->saddr;
	pair.daddr = iph->daddr; /* refused */
	traffic = bpf_map_lookup_elem(&talkers, &pair);
	if (traffic) {
		__sync_fetch_and_add(&traffic->packets, 1);
		__sync_fetch_and_add(&traffic->bytes, skb->len);
	} else {
		bpf_map_update_elem(&talkers, &pair, &fresh, BPF_ANY);
	}
	return TC_ACT_OK;
}

char LICENSE[] SEC("license") = "GPL";
