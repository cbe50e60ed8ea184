/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The mask of a prefix is made by a shift as wide as the address. */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

#define PREFIX 0 /* cause */

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, __u64);
} networks SEC(".maps");

static __always_inline __u32 network(__u32 address)
{
	/* clang would leave out a shift by 32 */
	asm volatile("%0 <<= %1" : "+w"(address) : "i"(32 - PREFIX)); /* refused */
	return address;
}

SEC("cgroup_skb/egress")
int count_networks(struct __sk_buff *skb)
{
	__u32 key = network(skb->remote_ip4);
	__u64 *n = bpf_map_lookup_elem(&networks, &key);

	if (n)
		__sync_fetch_and_add(n, 1);
	return 1;
}

char LICENSE[] SEC("license") = "GPL";
