/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The storage of the socket is created when it is missing, unless there is no memory. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct sock_usage {
	__u64 bytes;
	__u32 packets;
	__u32 mark;
};

struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct sock_usage);
} usages SEC(".maps");

static __always_inline void account(struct sock_usage *usage, struct __sk_buff *skb)
{
	usage->packets++;
	usage->mark = skb->mark;
	usage->bytes += skb->len;
}

SEC("cgroup_skb/egress")
int account_egress(struct __sk_buff *skb)
{
	struct sock_usage *usage;
	struct bpf_sock *sk = skb->sk;

	if (!sk)
		return 1;
	sk = bpf_sk_fullsock(sk);
	if (!sk)
		return 1;
	usage = bpf_sk_storage_get(&usages, sk, NULL, BPF_SK_STORAGE_GET_F_CREATE);
	if (!usage)
		return 1;
	account(usage, skb);
	return 1;
}

char LICENSE[] SEC("license") = "GPL";
