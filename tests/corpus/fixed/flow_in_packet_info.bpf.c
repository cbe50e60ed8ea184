/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

struct flow_key {
	__be32 src;
	__be32 dst;
};

struct flow {
	__u64 packets;
	__u64 bytes;
	__u64 last_seen;
};

struct packet_info {
	struct flow_key key;
	struct flow *flow;
	__u32 len;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 8192);
	__type(key, struct flow_key);
	__type(value, struct flow);
} flows SEC(".maps");

static __noinline int account(struct packet_info *info)
{
	struct flow *flow = info->flow;

	if (!flow)
		return 0;
	flow->packets++;
	flow->bytes += info->len;
	flow->last_seen = bpf_ktime_get_ns();
	return 0;
}

SEC("tc")
int track(struct __sk_buff *skb)
{
	void *data_end = (void *)(long)skb->data_end;
	void *data = (void *)(long)skb->data;
	struct ethhdr *eth = data;
	struct iphdr *iph = data + sizeof(*eth);
	struct packet_info info = {};
	struct flow fresh = { .packets = 0 };

	if ((void *)(iph + 1) > data_end || eth->h_proto != bpf_htons(ETH_P_IP))
		return TC_ACT_OK;
	info.key.src = iph->saddr;
	info.key.dst = iph->daddr;
	info.len = skb->len;
	info.flow = bpf_map_lookup_elem(&flows, &info.key);
	if (!info.flow) {
		bpf_map_update_elem(&flows, &info.key, &fresh, BPF_NOEXIST);
		info.flow = bpf_map_lookup_elem(&flows, &info.key);
	}
	account(&info);
	return TC_ACT_OK;
}

char LICENSE[] SEC("license") = "GPL";
