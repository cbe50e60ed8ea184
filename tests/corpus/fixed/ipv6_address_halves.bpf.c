/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The address of the peer is read as the four words of 32 bits that the context has. */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

struct address {
	__u32 words[4];
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
	struct address address;

	address.words[0] = skb->remote_ip6[0];
	address.words[1] = skb->remote_ip6[1];
	address.words[2] = skb->remote_ip6[2];
	address.words[3] = skb->remote_ip6[3];
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
