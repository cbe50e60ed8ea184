/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The lock in a map's value is a plain number. */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

struct bucket {
	__u32 lock; /* cause */
	__u32 packets;
	__u64 bytes;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 16);
	__type(key, __u32);
	__type(value, struct bucket);
} buckets SEC(".maps");

SEC("tc")
int count_in_bucket(struct __sk_buff *skb)
{
	__u32 key = skb->hash & 15;
	struct bucket *b = bpf_map_lookup_elem(&buckets, &key);

	if (!b)
		return TC_ACT_OK;
	bpf_spin_lock((struct bpf_spin_lock *)&b->lock); /* refused */
	b->packets++;
	b->bytes += skb->len;
	bpf_spin_unlock((struct bpf_spin_lock *)&b->lock);
	return TC_ACT_OK;
}

char LICENSE[] SEC("license") = "GPL";
