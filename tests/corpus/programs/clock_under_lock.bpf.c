/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The clock is read while a spin lock is held. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <linux/pkt_cls.h>

struct bucket {
	struct bpf_spin_lock lock;
	__u64 tokens;
	__u64 last;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 256);
	__type(key, __u32);
	__type(value, struct bucket);
} buckets SEC(".maps");

SEC("tc")
int police(struct __sk_buff *skb)
{
	__u32 key = skb->priority & 255;
	struct bucket *b = bpf_map_lookup_elem(&buckets, &key);
	int verdict = TC_ACT_OK;

	if (!b)
		return TC_ACT_OK;
	bpf_spin_lock(&b->lock);        /* cause */
	__u64 now = bpf_ktime_get_ns(); /* refused */
	b->tokens += (now - b->last) / 1000;
	b->last = now;
	if (b->tokens < skb->len)
		verdict = TC_ACT_SHOT;
	else
		b->tokens -= skb->len;
	bpf_spin_unlock(&b->lock);
	return verdict;
}

char LICENSE[] SEC("license") = "GPL";
