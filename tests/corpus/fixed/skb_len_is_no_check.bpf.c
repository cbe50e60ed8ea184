/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The headers are compared with data_end. */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/pkt_cls.h>
#include <linux/tcp.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

struct headers {
	struct ethhdr eth;
	struct iphdr ip;
	struct tcphdr tcp;
} __attribute__((packed));

struct flow {
	__be32 saddr;
	__be32 daddr;
	__be16 source;
	__be16 dest;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 65536);
	__type(key, struct flow);
	__type(value, __u64);
} syn_times SEC(".maps");

SEC("tc")
int remember_syn(struct __sk_buff *skb)
{
	struct headers *h = (void *)(long)skb->data;
	void *data_end = (void *)(long)skb->data_end;
	struct flow flow = {};
	__u64 now;

	if ((void *)(h + 1) > data_end)
		return TC_ACT_OK;
	if (h->ip.protocol != IPPROTO_TCP)
		return TC_ACT_OK;
	if (h->eth.h_proto != bpf_htons(ETH_P_IP) || !h->tcp.syn || h->tcp.ack)
		return TC_ACT_OK;

	flow.saddr = h->ip.saddr;
	flow.daddr = h->ip.daddr;
	flow.source = h->tcp.source;
	flow.dest = h->tcp.dest;
	now = bpf_ktime_get_ns();
	bpf_map_update_elem(&syn_times, &flow, &now, BPF_ANY);
	return TC_ACT_OK;
}

char LICENSE[] SEC("license") = "GPL";
