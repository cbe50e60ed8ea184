/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Three functions with a buffer each, which fit the stack together. */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

#define NAME_SIZE 96

struct name {
	char text[NAME_SIZE];
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 128);
	__type(key, struct name);
	__type(value, __u32);
} names SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 128);
	__type(key, __u32);
	__type(value, struct name);
} recent SEC(".maps");

static __noinline int remember(struct __sk_buff *skb, __u32 id)
{
	struct name name = {};

	if (bpf_skb_load_bytes(skb, ETH_HLEN, &name, sizeof(name)))
		return 0;
	return bpf_map_update_elem(&recent, &id, &name, BPF_ANY) == 0;
}

static __noinline int classify(struct __sk_buff *skb, __u32 offset)
{
	struct name name = {};
	__u32 *id;

	if (bpf_skb_load_bytes(skb, offset, &name, sizeof(name)))
		return 0;
	id = bpf_map_lookup_elem(&names, &name);
	return id ? remember(skb, *id) : 0;
}

SEC("tc")
int name_filter(struct __sk_buff *skb)
{
	struct name fallback = {};
	__u32 offset = ETH_HLEN + sizeof(struct iphdr);
	__u32 zero = 0;

	if (skb->protocol != bpf_htons(ETH_P_IP))
		return TC_ACT_OK;
	if (classify(skb, offset))
		return TC_ACT_SHOT;
	if (bpf_skb_load_bytes(skb, 0, &fallback, sizeof(fallback)))
		return TC_ACT_OK;
	bpf_map_update_elem(&recent, &zero, &fallback, BPF_ANY);
	return TC_ACT_OK;
}

char LICENSE[] SEC("license") = "GPL";
