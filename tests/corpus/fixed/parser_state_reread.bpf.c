/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The offset is checked again after it was read from the map again. */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/udp.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

struct parser {
	__u16 l3_offset;
	__u16 l4_offset;
	__u16 last_port;
	__u64 packets;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct parser);
} parsers SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, __be32);
	__type(value, __u64);
} last_seen SEC(".maps");

SEC("xdp")
int parse_udp(struct xdp_md *ctx)
{
	void *data_end = (void *)(long)ctx->data_end;
	void *data = (void *)(long)ctx->data;
	struct ethhdr *eth = data;
	struct iphdr *iph = (void *)(eth + 1);
	struct parser *parser;
	struct udphdr *udp;
	__u32 zero = 0;
	__be32 saddr;
	__u64 now;

	parser = bpf_map_lookup_elem(&parsers, &zero);
	if (!parser)
		return XDP_ABORTED;
	if ((void *)(iph + 1) > data_end || eth->h_proto != bpf_htons(ETH_P_IP))
		return XDP_PASS;
	if (iph->protocol != IPPROTO_UDP)
		return XDP_PASS;
	parser->l3_offset = sizeof(*eth);
	parser->l4_offset = parser->l3_offset + iph->ihl * 4;
	parser->packets++;
	if (data + parser->l4_offset + sizeof(*udp) > data_end)
		return XDP_DROP;

	saddr = iph->saddr;
	now = bpf_ktime_get_ns();
	bpf_map_update_elem(&last_seen, &saddr, &now, BPF_ANY);

	udp = data + (parser->l4_offset & 0x1ff);
	if ((void *)(udp + 1) > data_end)
		return XDP_DROP;
	parser->last_port = bpf_ntohs(udp->dest);
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
