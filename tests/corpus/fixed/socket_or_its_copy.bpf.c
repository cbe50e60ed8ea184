/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The map keeps the mark alone, and each is read by itself. */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, __u32);
} remembered SEC(".maps");

__u64 of_mark[16];

SEC("tc")
int count_marks(struct __sk_buff *skb)
{
	__u32 hash = skb->hash, mark, *old;
	struct bpf_sock *sk = skb->sk;

	if (sk)
		sk = bpf_sk_fullsock(sk);
	if (sk) {
		mark = sk->mark;
		barrier_var(mark);
	} else {
		old = bpf_map_lookup_elem(&remembered, &hash);
		if (!old)
			return TC_ACT_OK;
		mark = *old;
	}
	of_mark[mark & 15]++;
	return TC_ACT_OK;
}

char LICENSE[] SEC("license") = "GPL";
