/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A function makes room for a tag, and its caller fetches the packet again. */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

struct vlan_tag {
	__be16 tci;
	__be16 proto;
};

struct tagging {
	__u16 vlan;
	__u16 enabled;
	__u32 failures;
	__u64 tagged;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 64);
	__type(key, __u32);
	__type(value, struct tagging);
} interfaces SEC(".maps");

static __noinline int make_room(struct xdp_md *ctx, struct tagging *tagging)
{
	long err;

	if (!tagging->enabled)
		return 0;
	err = bpf_xdp_adjust_head(ctx, -(int)sizeof(struct vlan_tag));
	if (err) {
		tagging->failures++;
		return -1;
	}
	tagging->tagged++;
	return sizeof(struct vlan_tag);
}

SEC("xdp")
int push_vlan(struct xdp_md *ctx)
{
	void *data_end = (void *)(long)ctx->data_end;
	void *data = (void *)(long)ctx->data;
	__u32 ifindex = ctx->ingress_ifindex;
	struct tagging *tagging;
	struct ethhdr *eth = data;
	int room;

	if ((void *)(eth + 1) > data_end)
		return XDP_DROP;
	tagging = bpf_map_lookup_elem(&interfaces, &ifindex);
	if (!tagging)
		return XDP_PASS;
	room = make_room(ctx, tagging);
	if (room < 0)
		return XDP_DROP;
	if (!room)
		return XDP_PASS;
	data_end = (void *)(long)ctx->data_end;
	eth = (void *)(long)ctx->data;
	if ((void *)(eth + 1) > data_end)
		return XDP_DROP;
	eth->h_proto = bpf_htons(ETH_P_8021Q);
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
