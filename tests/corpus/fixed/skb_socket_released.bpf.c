/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The socket of the packet is left alone. */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

struct owner {
	__u32 family;
	__u32 mark;
	__u64 bytes;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, __u64);
	__type(value, struct owner);
} owners SEC(".maps");

SEC("tc")
int account_owner(struct __sk_buff *skb)
{
	__u64 cookie = bpf_get_socket_cookie(skb);
	struct owner fresh = {}, *o;
	struct bpf_sock *sk = skb->sk;

	if (!sk)
		return TC_ACT_OK;
	sk = bpf_sk_fullsock(sk);
	if (!sk)
		return TC_ACT_OK;
	o = bpf_map_lookup_elem(&owners, &cookie);
	if (o) {
		__sync_fetch_and_add(&o->bytes, skb->len);
	} else {
		fresh.family = sk->family;
		fresh.mark = sk->mark;
		fresh.bytes = skb->len;
		bpf_map_update_elem(&owners, &cookie, &fresh, BPF_NOEXIST);
	}
	return TC_ACT_OK;
}

char LICENSE[] SEC("license") = "GPL";
