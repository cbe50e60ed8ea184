/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* One table of limits per interface: the inner map may be missing as well as the entry in it. */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

struct limit {
	__u64 used;
	__u64 allowed;
};

struct limits {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __be32);
	__type(value, struct limit);
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 64);
	__type(key, __u32);
	__array(values, struct limits);
} tenants SEC(".maps");

static __always_inline int over_limit(void *table, __be32 addr, __u32 length)
{
	struct limit *limit;

	limit = bpf_map_lookup_elem(table, &addr); /* refused */
	if (!limit)
		return 0;
	__sync_fetch_and_add(&limit->used, length);
	return limit->used > limit->allowed;
}

SEC("tc")
int enforce(struct __sk_buff *skb)
{
	void *data_end = (void *)(long)skb->data_end;
	void *data = (void *)(long)skb->data;
	struct ethhdr *eth = data;
	struct iphdr *iph = (void *)(eth + 1);
	__u32 tenant = skb->ifindex;
	__be32 saddr;
	void *table;

	if ((void *)(iph + 1) > data_end || eth->h_proto != bpf_htons(ETH_P_IP))
		return TC_ACT_OK;
	saddr = iph->saddr;
	table = bpf_map_lookup_elem(&tenants, &tenant); /* cause */
	if (over_limit(table, saddr, skb->len))
		return TC_ACT_SHOT;
	return TC_ACT_OK;
}

/* Clang leaves a type out of BTF that it sees only behind pointers. */
struct limit template;

char LICENSE[] SEC("license") = "GPL";
