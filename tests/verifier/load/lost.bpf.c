/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* An object of which nothing can be loaded: its map cannot be made. */
#include <skep/bpf/core.h>

SKEP_LICENSE("GPL");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16);
	__uint(map_flags, 1 << 20); /* there is no such flag */
	__type(key, __u32);
	__type(value, __u64);
} skepload_lost SEC(".maps");

SEC("socket")
int one(struct __sk_buff *skb)
{
	__u32 key = 0;
	__u64 *value = bpf_map_lookup_elem(&skepload_lost, &key);

	return value ? 1 : 0;
}

SEC("socket")
int two(struct __sk_buff *skb)
{
	return 0;
}
