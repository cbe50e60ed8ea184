/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* They are swapped by what every kernel has. */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, __u64);
} networks SEC(".maps");

static __always_inline __u32 swap(__u32 address)
{
	return __builtin_bswap32(address);
}

SEC("cgroup_skb/egress")
int count_networks(struct __sk_buff *skb)
{
	__u32 key = swap(skb->remote_ip4) >> 8;
	__u64 *bytes = bpf_map_lookup_elem(&networks, &key);

	if (bytes)
		__sync_fetch_and_add(bytes, skb->len);
	return 1;
}

char LICENSE[] SEC("license") = "GPL";
