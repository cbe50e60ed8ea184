/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The address of the peer is read as two words of 64 bits, the context has four of 32. */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

struct address {
	__u64 high;
	__u64 low;
};

struct peer {
	__u64 bytes;
	__u32 blocked;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, struct address);
	__type(value, struct peer);
} peers SEC(".maps");

static __always_inline struct peer *find_peer(struct __sk_buff *skb)
{
	__u64 *words = (__u64 *)skb->remote_ip6;
	struct address address;

	address.high = words[0]; /* refused */
	address.low = words[1];
	return bpf_map_lookup_elem(&peers, &address);
}

SEC("cgroup_skb/ingress")
int filter_peers(struct __sk_buff *skb)
{
	struct peer *peer;

	if (skb->protocol != bpf_htons(ETH_P_IPV6))
		return 1;
	peer = find_peer(skb);
	if (!peer)
		return 1;
	__sync_fetch_and_add(&peer->bytes, skb->len);
	return !peer->blocked;
}

char LICENSE[] SEC("license") = "GPL";
