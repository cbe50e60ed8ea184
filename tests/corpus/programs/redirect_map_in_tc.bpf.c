/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* An XDP redirect, copied into a tc program. */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP);
	__uint(max_entries, 64);
	__type(key, __u32);
	__type(value, __u32);
} ports SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 64);
	__type(key, __u32);
	__type(value, __u64);
} forwarded SEC(".maps");

static __always_inline __u32 port_of(struct __sk_buff *skb)
{
	return bpf_get_hash_recalc(skb) & 63;
}

SEC("tc")
int forward(struct __sk_buff *skb)
{
	__u32 port = port_of(skb);
	__u64 *count = bpf_map_lookup_elem(&forwarded, &port);

	if (count)
		*count += 1;
	if (skb->mark == 0xdead)
		return TC_ACT_SHOT;
	return bpf_redirect_map(&ports, port, 0); /* refused */
}

char LICENSE[] SEC("license") = "GPL";
