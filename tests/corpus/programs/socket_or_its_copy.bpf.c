/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A socket, or what is known of it from before, is read through one pointer. */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, struct bpf_sock);
} remembered SEC(".maps");

__u64 of_mark[16];

SEC("tc")
int count_marks(struct __sk_buff *skb)
{
	__u32 hash = skb->hash;
	struct bpf_sock *sk = skb->sk;

	if (sk)
		sk = bpf_sk_fullsock(sk);
	if (!sk)
		sk = bpf_map_lookup_elem(&remembered, &hash); /* cause */
	if (!sk)
		return TC_ACT_OK;
	of_mark[sk->mark & 15]++; /* refused */
	return TC_ACT_OK;
}

char LICENSE[] SEC("license") = "GPL";
