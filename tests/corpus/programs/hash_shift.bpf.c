/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A hash that keeps the upper TABLE_BITS bits, with a table of one slot. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define TABLE_BITS 0 /* cause */
#define TABLE_SIZE (1 << TABLE_BITS)

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, TABLE_SIZE);
	__type(key, __u32);
	__type(value, __u64);
} buckets SEC(".maps");

static __always_inline __u32 bucket_of(__u64 cookie)
{
	cookie *= 0x9e3779b97f4a7c15ULL;
	asm volatile("%0 >>= %1" : "+r"(cookie) : "i"(64 - TABLE_BITS)); /* refused */
	return cookie;
}

SEC("socket")
int count_by_cookie(struct __sk_buff *skb)
{
	__u64 cookie = bpf_get_socket_cookie(skb);
	__u32 bucket = bucket_of(cookie);
	__u64 *bytes = bpf_map_lookup_elem(&buckets, &bucket);

	if (bytes)
		__sync_fetch_and_add(bytes, skb->len);
	return skb->len;
}

char LICENSE[] SEC("license") = "GPL";
