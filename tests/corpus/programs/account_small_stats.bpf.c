/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The old, smaller statistics are given to the function that fills in the new ones. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct stats_v1 {
	__u64 packets;
	__u64 bytes;
};

struct stats {
	__u64 packets;
	__u64 bytes;
	__u64 last_ns;
	__u32 largest;
	__u32 ifindex;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 256);
	__type(key, __u32);
	__type(value, struct stats_v1); /* cause */
} per_interface SEC(".maps");

__noinline int account(struct stats *stats, __u32 length, __u32 ifindex)
{
	if (!stats)
		return 0;
	stats->packets++;
	stats->bytes += length;
	stats->last_ns = bpf_ktime_get_ns();
	if (length > stats->largest)
		stats->largest = length;
	stats->ifindex = ifindex;
	return 1;
}

SEC("tc")
int count_ingress(struct __sk_buff *skb)
{
	__u32 ifindex = skb->ifindex;
	void *stats = bpf_map_lookup_elem(&per_interface, &ifindex);

	if (!stats)
		return 0;
	account(stats, skb->len, ifindex); /* refused */
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
