/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The full socket is asked for first. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, __u64);
} bytes_by_mark SEC(".maps");

SEC("cgroup_skb/egress")
int count_marked(struct __sk_buff *skb)
{
	struct bpf_sock *sk = skb->sk;
	__u64 *bytes;
	__u32 mark;

	if (!sk)
		return 1;
	sk = bpf_sk_fullsock(sk);
	if (!sk)
		return 1;
	mark = sk->mark;
	bytes = bpf_map_lookup_elem(&bytes_by_mark, &mark);
	if (bytes)
		__sync_fetch_and_add(bytes, skb->len);
	return 1;
}

char LICENSE[] SEC("license") = "GPL";
