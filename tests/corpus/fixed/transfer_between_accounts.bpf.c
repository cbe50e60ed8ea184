/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* One account is locked at a time. */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

struct account {
	struct bpf_spin_lock lock;
	__u32 priority;
	__u64 tokens;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, struct account);
} accounts SEC(".maps");

SEC("tc")
int borrow_tokens(struct __sk_buff *skb)
{
	__u32 lender_key = 0, key = skb->priority;
	struct account *lender = bpf_map_lookup_elem(&accounts, &lender_key);
	struct account *mine = bpf_map_lookup_elem(&accounts, &key);
	__u64 borrowed = 0;

	if (!lender || !mine)
		return TC_ACT_OK;
	bpf_spin_lock(&lender->lock);
	if (lender->tokens > skb->len) {
		borrowed = skb->len;
		lender->tokens -= borrowed;
	}
	bpf_spin_unlock(&lender->lock);
	bpf_spin_lock(&mine->lock);
	mine->tokens += borrowed;
	bpf_spin_unlock(&mine->lock);
	return borrowed ? TC_ACT_OK : TC_ACT_SHOT;
}

char LICENSE[] SEC("license") = "GPL";
