/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The port filter compares the TCP header with data_end, wherever the options have moved it. */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/tcp.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

struct rule {
	__u64 hits;
	__u32 action;
	__u32 last_saddr;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u16);
	__type(value, struct rule);
} rules SEC(".maps");

static __always_inline struct iphdr *parse_ipv4(void *data, void *data_end)
{
	struct ethhdr *eth = data;
	struct iphdr *iph = (void *)(eth + 1);

	if ((void *)(iph + 1) > data_end)
		return NULL;
	if (eth->h_proto != bpf_htons(ETH_P_IP))
		return NULL;
	return iph;
}

SEC("xdp")
int port_filter(struct xdp_md *ctx)
{
	void *data_end = (void *)(long)ctx->data_end;
	void *data = (void *)(long)ctx->data;
	struct iphdr *iph = parse_ipv4(data, data_end);
	struct tcphdr *tcp;
	struct rule *rule;
	__u16 port;

	if (!iph || iph->protocol != IPPROTO_TCP)
		return XDP_PASS;
	if (iph->ihl < 5)
		return XDP_DROP;
	tcp = (void *)iph + iph->ihl * 4;
	if ((void *)(tcp + 1) > data_end)
		return XDP_DROP;
	port = bpf_ntohs(tcp->dest);
	rule = bpf_map_lookup_elem(&rules, &port);
	if (!rule)
		return XDP_PASS;
	__sync_fetch_and_add(&rule->hits, 1);
	rule->last_saddr = iph->saddr;
	return rule->action ? XDP_DROP : XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
