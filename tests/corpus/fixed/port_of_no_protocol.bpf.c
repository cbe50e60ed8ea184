/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Packets of which the port was not found are passed on. */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

struct client {
	__u64 packets;
	__u32 last_port;
	__u32 ports_xor;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, __be32);
	__type(value, struct client);
} clients SEC(".maps");

static __always_inline int dest_port(struct iphdr *iph, void *data_end, __u32 *port)
{
	struct tcphdr *tcp = (void *)(iph + 1);
	struct udphdr *udp = (void *)(iph + 1);

	if (iph->protocol == IPPROTO_TCP && (void *)(tcp + 1) <= data_end) {
		*port = bpf_ntohs(tcp->dest);
		return 0;
	}
	if (iph->protocol == IPPROTO_UDP && (void *)(udp + 1) <= data_end) {
		*port = bpf_ntohs(udp->dest);
		return 0;
	}
	return -1;
}

SEC("xdp")
int last_ports(struct xdp_md *ctx)
{
	void *data_end = (void *)(long)ctx->data_end;
	void *data = (void *)(long)ctx->data;
	struct ethhdr *eth = data;
	struct iphdr *iph = (void *)(eth + 1);
	struct client *client;
	__be32 saddr;
	__u32 port;

	if ((void *)(iph + 1) > data_end || eth->h_proto != bpf_htons(ETH_P_IP) || iph->ihl != 5)
		return XDP_PASS;
	if (dest_port(iph, data_end, &port))
		return XDP_PASS;
	saddr = iph->saddr;
	client = bpf_map_lookup_elem(&clients, &saddr);
	if (!client)
		return XDP_PASS;
	client->packets++;
	client->last_port = port;
	client->ports_xor ^= port;
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
