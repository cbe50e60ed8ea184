/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* One of the five words of skb->cb is chosen while the program runs. */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

struct stage {
	__u32 word;
	__u32 expected;
	__u64 passed;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 64);
	__type(key, __u32);
	__type(value, struct stage);
} stages SEC(".maps");

static __always_inline __u32 read_word(struct __sk_buff *skb, __u32 word)
{
	return skb->cb[word]; /* refused */
}

SEC("tc")
int check_stage(struct __sk_buff *skb)
{
	__u32 ifindex = skb->ifindex;
	struct stage *stage;
	__u32 word;

	stage = bpf_map_lookup_elem(&stages, &ifindex);
	if (!stage)
		return TC_ACT_OK;
	word = stage->word;
	if (word >= 5)
		return TC_ACT_SHOT;
	if (read_word(skb, word) != stage->expected)
		return TC_ACT_SHOT;
	__sync_fetch_and_add(&stage->passed, 1);
	return TC_ACT_OK;
}

char LICENSE[] SEC("license") = "GPL";
