/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Counts DNS answers: the header of DNS has to be in the packet. */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/udp.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

#define DNS_PORT     53
#define DNS_RESPONSE 0x8000

struct dns_header {
	__be16 id;
	__be16 flags;
	__be16 questions;
	__be16 answers;
	__be16 authorities;
	__be16 additional;
};

struct dns_stats {
	__u64 responses;
	__u64 amplified;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, __be32);
	__type(value, struct dns_stats);
} resolvers SEC(".maps");

SEC("xdp")
int dns_answers(struct xdp_md *ctx)
{
	void *data_end = (void *)(long)ctx->data_end;
	void *data = (void *)(long)ctx->data;
	struct ethhdr *eth = data;
	struct iphdr *iph = (void *)(eth + 1);
	struct udphdr *udp = (void *)(iph + 1);
	struct dns_header *dns = (void *)(udp + 1);
	struct dns_stats *stats;
	__be32 saddr;

	if ((void *)(udp + 1) > data_end)
		return XDP_PASS;
	if (eth->h_proto != bpf_htons(ETH_P_IP) || iph->ihl != 5)
		return XDP_PASS;
	if (iph->protocol != IPPROTO_UDP || udp->source != bpf_htons(DNS_PORT))
		return XDP_PASS;
	if ((void *)(dns + 1) > data_end)
		return XDP_PASS;

	if (!(dns->flags & bpf_htons(DNS_RESPONSE)))
		return XDP_PASS;
	saddr = iph->saddr;
	stats = bpf_map_lookup_elem(&resolvers, &saddr);
	if (!stats)
		return XDP_PASS;
	stats->responses++;
	if (bpf_ntohs(dns->answers) > 10) {
		stats->amplified++;
		return XDP_DROP;
	}
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
