/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The address of a socket is kept in a map, as an identifier. */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 64);
	__type(key, __u32);
	__type(value, __u64);
} sockets SEC(".maps");

SEC("tc")
int remember(struct __sk_buff *skb)
{
	struct bpf_sock *sk = skb->sk;
	__u32 key = skb->priority & 63;
	__u64 *slot = bpf_map_lookup_elem(&sockets, &key);

	if (slot && sk)
		*slot = (__u64)sk; /* refused */
	return TC_ACT_OK;
}

char LICENSE[] SEC("license") = "GPL";
