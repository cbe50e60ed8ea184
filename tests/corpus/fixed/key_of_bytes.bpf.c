/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A packed struct says where its members are. */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__uint(key_size, 12);
	__type(value, __u64);
} cookies SEC(".maps");

struct key {
	__u32 ifindex;
	__u64 cookie;
} __attribute__((packed));

SEC("tc")
int count_cookies(struct __sk_buff *skb)
{
	struct key key = { skb->ifindex, bpf_get_socket_cookie(skb) };
	__u64 one = 1, *n;

	n = bpf_map_lookup_elem(&cookies, &key);
	if (n)
		__sync_fetch_and_add(n, 1);
	else
		bpf_map_update_elem(&cookies, &key, &one, BPF_ANY);
	return TC_ACT_OK;
}

char LICENSE[] SEC("license") = "GPL";
