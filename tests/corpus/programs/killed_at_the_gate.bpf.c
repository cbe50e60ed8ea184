/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Connections of banned addresses are to be destroyed by the classifier. */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

struct sock_common {
	unsigned short skc_family;
} __attribute__((preserve_access_index));

extern int bpf_sock_destroy(struct sock_common *sock) __ksym;

struct ban {
	__u64 until;
	__u64 hits;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, struct ban);
} bans SEC(".maps");

static __always_inline int banned(__u32 address, __u64 now)
{
	struct ban *ban = bpf_map_lookup_elem(&bans, &address);

	if (!ban || ban->until < now)
		return 0;
	__sync_fetch_and_add(&ban->hits, 1);
	return 1;
}

SEC("tc")
int gate(struct __sk_buff *skb)
{
	__u64 now = bpf_ktime_get_ns();
	struct bpf_sock *sk = skb->sk;

	if (!sk)
		return TC_ACT_OK;
	sk = bpf_sk_fullsock(sk);
	if (!sk)
		return TC_ACT_OK;
	if (!banned(sk->dst_ip4, now))
		return TC_ACT_OK;
	bpf_sock_destroy((struct sock_common *)sk); /* refused */
	return TC_ACT_SHOT;
}

char LICENSE[] SEC("license") = "GPL";
