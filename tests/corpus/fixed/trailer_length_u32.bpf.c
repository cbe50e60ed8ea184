/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The trailer is compared with data_end, and its distance is that of a packet. */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/udp.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

#define TUNNEL_PORT 7900

struct tunnel_header {
	__be32 magic;
	__u32 length;
};

struct tunnel_trailer {
	__be16 session;
	__u8 version;
	__u8 flags;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 512);
	__type(key, __u16);
	__type(value, __u64);
} sessions SEC(".maps");

static __always_inline struct tunnel_header *find_tunnel(void *data, void *data_end)
{
	struct ethhdr *eth = data;
	struct iphdr *iph = (void *)(eth + 1);
	struct udphdr *udp = (void *)(iph + 1);
	struct tunnel_header *tunnel = (void *)(udp + 1);

	if ((void *)(tunnel + 1) > data_end)
		return NULL;
	if (eth->h_proto != bpf_htons(ETH_P_IP) || iph->protocol != IPPROTO_UDP || iph->ihl != 5)
		return NULL;
	return udp->dest == bpf_htons(TUNNEL_PORT) ? tunnel : NULL;
}

SEC("xdp")
int tunnel_sessions(struct xdp_md *ctx)
{
	void *data_end = (void *)(long)ctx->data_end;
	void *data = (void *)(long)ctx->data;
	struct tunnel_header *tunnel = find_tunnel(data, data_end);
	struct tunnel_trailer *trailer;
	__u16 session;
	__u32 length;
	__u64 *seen;

	if (!tunnel)
		return XDP_PASS;
	length = tunnel->length & 0x3fff;
	trailer = (void *)(tunnel + 1) + length;
	if ((void *)(trailer + 1) > data_end)
		return XDP_DROP;
	session = bpf_ntohs(trailer->session);
	seen = bpf_map_lookup_elem(&sessions, &session);
	if (!seen)
		return XDP_DROP;
	*seen = bpf_ktime_get_ns();
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
