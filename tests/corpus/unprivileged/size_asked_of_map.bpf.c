/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The size of a map is read from the kernel's own structure of it. */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

struct bpf_map {
	__u32 max_entries;
} __attribute__((preserve_access_index));

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 64);
	__type(key, __u32);
	__type(value, __u64);
} counts SEC(".maps");

SEC("tc")
int count_by_hash(struct __sk_buff *skb)
{
	struct bpf_map *map = (struct bpf_map *)&counts;
	__u32 key = skb->hash % map->max_entries; /* refused */
	__u64 *n = bpf_map_lookup_elem(&counts, &key);

	if (n)
		__sync_fetch_and_add(n, 1);
	return TC_ACT_OK;
}

char LICENSE[] SEC("license") = "GPL";
