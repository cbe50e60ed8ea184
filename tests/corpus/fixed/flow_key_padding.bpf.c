/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The key is zeroed with its padding before its fields are set. */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/udp.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

struct flow_key {
	__be32 saddr;
	__be32 daddr;
	__be16 source;
	__be16 dest;
	__u8 protocol;
};

struct flow {
	__u64 packets;
	__u64 last_ns;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 65536);
	__type(key, struct flow_key);
	__type(value, struct flow);
} flows SEC(".maps");

SEC("xdp")
int track_flows(struct xdp_md *ctx)
{
	void *data_end = (void *)(long)ctx->data_end;
	void *data = (void *)(long)ctx->data;
	struct ethhdr *eth = data;
	struct iphdr *iph = (void *)(eth + 1);
	struct udphdr *udp = (void *)(iph + 1);
	struct flow fresh = { .packets = 1, .last_ns = bpf_ktime_get_ns() };
	struct flow_key key;

	if ((void *)(udp + 1) > data_end || eth->h_proto != bpf_htons(ETH_P_IP))
		return XDP_PASS;
	if (iph->protocol != IPPROTO_UDP || iph->ihl != 5)
		return XDP_PASS;
	__builtin_memset(&key, 0, sizeof(key));
	key.saddr = iph->saddr;
	key.daddr = iph->daddr;
	key.source = udp->source;
	key.dest = udp->dest;
	key.protocol = iph->protocol;
	bpf_map_update_elem(&flows, &key, &fresh, BPF_ANY);
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
