/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A socket filter copies the header out of the packet. */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 256);
	__type(key, __u32);
	__type(value, __u64);
} bytes_by_protocol SEC(".maps");

static __always_inline int ip_protocol(struct __sk_buff *skb)
{
	struct iphdr iph;

	if (bpf_skb_load_bytes(skb, ETH_HLEN, &iph, sizeof(iph)))
		return -1;
	return iph.protocol;
}

SEC("socket")
int count_bytes(struct __sk_buff *skb)
{
	__u32 key;
	__u64 *bytes;
	int protocol;

	if (skb->protocol != bpf_htons(ETH_P_IP))
		return 0;
	protocol = ip_protocol(skb);
	if (protocol < 0)
		return 0;
	key = protocol;
	bytes = bpf_map_lookup_elem(&bytes_by_protocol, &key);
	if (bytes)
		__sync_fetch_and_add(bytes, skb->len);
	return skb->len;
}

char LICENSE[] SEC("license") = "GPL";
