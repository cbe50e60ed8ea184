/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Two hosts are looked up: the second check was copied from the first, and checks the first. */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

struct host {
	__u64 sent;
	__u64 received;
	__u32 zone;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, __be32);
	__type(value, struct host);
} hosts SEC(".maps");

SEC("tc")
int between_zones(struct __sk_buff *skb)
{
	void *data_end = (void *)(long)skb->data_end;
	void *data = (void *)(long)skb->data;
	struct ethhdr *eth = data;
	struct iphdr *iph = (void *)(eth + 1);
	struct host *source, *dest;
	__be32 addr;

	if ((void *)(iph + 1) > data_end || eth->h_proto != bpf_htons(ETH_P_IP))
		return TC_ACT_OK;

	addr = iph->saddr;
	source = bpf_map_lookup_elem(&hosts, &addr);
	if (!source)
		return TC_ACT_SHOT;
	addr = iph->daddr;
	dest = bpf_map_lookup_elem(&hosts, &addr); /* cause */
	if (!source)
		return TC_ACT_SHOT;

	if (source->zone != dest->zone) /* refused */
		return TC_ACT_SHOT;
	__sync_fetch_and_add(&source->sent, skb->len);
	__sync_fetch_and_add(&dest->received, skb->len);
	return TC_ACT_OK;
}

char LICENSE[] SEC("license") = "GPL";
