/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* An ordinary addition: nobody else has the packet. */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/udp.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

#define GAME_PORT 27015

struct game_header {
	__u32 magic;
	__u32 sequence;
	__u64 sent;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} offset SEC(".maps");

SEC("xdp")
int shift_sequence(struct xdp_md *ctx)
{
	void *data_end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = (void *)(long)ctx->data;
	struct iphdr *ip = (void *)(eth + 1);
	struct udphdr *udp = (void *)(ip + 1);
	struct game_header *game = (void *)(udp + 1);
	__u32 zero = 0;
	__u32 *shift;

	if ((void *)(game + 1) > data_end)
		return XDP_PASS;
	if (eth->h_proto != bpf_htons(ETH_P_IP) || ip->ihl != 5 || ip->protocol != IPPROTO_UDP)
		return XDP_PASS;
	if (udp->dest != bpf_htons(GAME_PORT))
		return XDP_PASS;
	shift = bpf_map_lookup_elem(&offset, &zero);
	if (!shift)
		return XDP_PASS;
	game->sequence += *shift;
	udp->check = 0;
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
