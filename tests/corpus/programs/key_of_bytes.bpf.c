/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A key is put together of bytes, with an address of eight at the fourth. */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__uint(key_size, 12);
	__type(value, __u64);
} cookies SEC(".maps");

SEC("tc")
int count_cookies(struct __sk_buff *skb)
{
	__u8 key[12] __attribute__((aligned(8)));
	__u64 one = 1, *n;

	*(__u32 *)key = skb->ifindex;
	*(__u64 *)(key + 4) = bpf_get_socket_cookie(skb); /* refused */
	n = bpf_map_lookup_elem(&cookies, key);
	if (n)
		__sync_fetch_and_add(n, 1);
	else
		bpf_map_update_elem(&cookies, key, &one, BPF_ANY);
	return TC_ACT_OK;
}

char LICENSE[] SEC("license") = "GPL";
