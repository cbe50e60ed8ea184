/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Looks for the backend with the least load, if there is any. */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

#define NR_BACKENDS 8

struct backend {
	__be32 address;
	__u32 load;
	__u8 mac[ETH_ALEN];
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, NR_BACKENDS);
	__type(key, __u32);
	__type(value, struct backend);
} backends SEC(".maps");

static __always_inline struct backend *pick_backend(void)
{
	struct backend *best, *b;
	__u32 key = 0, i;

	best = bpf_map_lookup_elem(&backends, &key);
	for (i = 1; i < NR_BACKENDS; i++) {
		key = i;
		b = bpf_map_lookup_elem(&backends, &key);
		if (!b)
			continue;
		if (!best || b->load < best->load)
			best = b;
	}
	return best;
}

SEC("xdp")
int balance(struct xdp_md *ctx)
{
	void *data_end = (void *)(long)ctx->data_end;
	void *data = (void *)(long)ctx->data;
	struct ethhdr *eth = data;
	struct iphdr *iph = (void *)(eth + 1);
	struct backend *backend;

	if ((void *)(iph + 1) > data_end || eth->h_proto != bpf_htons(ETH_P_IP))
		return XDP_PASS;
	backend = pick_backend();
	if (!backend)
		return XDP_DROP;
	__sync_fetch_and_add(&backend->load, 1);
	__builtin_memcpy(eth->h_dest, backend->mac, ETH_ALEN);
	iph->daddr = backend->address;
	return XDP_TX;
}

char LICENSE[] SEC("license") = "GPL";
