/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

#define RATE_BYTES_PER_MS 1000
#define BURST_BYTES       60000

struct bucket {
	struct bpf_spin_lock lock;
	__u32 drops;
	__u64 tokens;
	__u64 filled;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 512);
	__type(key, __u32);
	__type(value, struct bucket);
} buckets SEC(".maps");

static __always_inline void refill(struct bucket *bucket, __u64 now)
{
	__u64 tokens = bucket->tokens + (now - bucket->filled) / 1000000 * RATE_BYTES_PER_MS;

	bucket->tokens = tokens > BURST_BYTES ? BURST_BYTES : tokens;
	bucket->filled = now;
}

SEC("tc")
int limit(struct __sk_buff *skb)
{
	__u32 class = skb->tc_classid, len = skb->len;
	__u64 now = bpf_ktime_get_ns();
	struct bucket *bucket;

	bucket = bpf_map_lookup_elem(&buckets, &class);
	if (!bucket)
		return TC_ACT_OK;
	bpf_spin_lock(&bucket->lock);
	refill(bucket, now);
	if (bucket->tokens < len) {
		bucket->drops++;
		bpf_spin_unlock(&bucket->lock);
		return TC_ACT_SHOT;
	}
	bucket->tokens -= len;
	bpf_spin_unlock(&bucket->lock);
	return TC_ACT_OK;
}

char LICENSE[] SEC("license") = "GPL";
