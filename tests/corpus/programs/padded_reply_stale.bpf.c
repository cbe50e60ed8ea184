/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* I make short frames longer and then send them back. */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

#define ETH_P_PROBE 0x88b5

struct probe {
	__be16 type;
	__be16 sequence;
	__be32 session;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 256);
	__type(key, __u32);
	__type(value, __u64);
} sessions SEC(".maps");

static __always_inline void swap_macs(struct ethhdr *eth)
{
	__u8 mac[ETH_ALEN];

	__builtin_memcpy(mac, eth->h_source, ETH_ALEN);
	__builtin_memcpy(eth->h_source, eth->h_dest, ETH_ALEN);
	__builtin_memcpy(eth->h_dest, mac, ETH_ALEN);
}

SEC("xdp")
int probe_reply(struct xdp_md *ctx)
{
	void *data_end = (void *)(long)ctx->data_end;
	void *data = (void *)(long)ctx->data;
	struct ethhdr *eth = data;
	struct probe *probe = (void *)(eth + 1);
	__u32 session;
	__u64 *hits;
	int missing;

	if ((void *)(probe + 1) > data_end || eth->h_proto != bpf_htons(ETH_P_PROBE))
		return XDP_PASS;
	session = bpf_ntohl(probe->session);
	hits = bpf_map_lookup_elem(&sessions, &session);
	if (!hits)
		return XDP_DROP;
	__sync_fetch_and_add(hits, 1);
	missing = ETH_ZLEN - (int)bpf_xdp_get_buff_len(ctx);
	if (missing > 0 && bpf_xdp_adjust_tail(ctx, missing)) /* cause */
		return XDP_ABORTED;
	probe->type = bpf_htons(2); /* refused */
	swap_macs(eth);
	return XDP_TX;
}

char LICENSE[] SEC("license") = "GPL";
