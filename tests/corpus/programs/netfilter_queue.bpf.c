/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The packet is sent to a queue, which netfilter programs cannot do. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define NF_DROP   0
#define NF_ACCEPT 1
#define NF_QUEUE  3
#define QUEUE_NR  2

struct sk_buff {
	unsigned int len;
	__u32 mark;
} __attribute__((preserve_access_index));

struct bpf_nf_ctx {
	const struct nf_hook_state *state;
	struct sk_buff *skb;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 3);
	__type(key, __u32);
	__type(value, __u64);
} verdicts SEC(".maps");

static __always_inline void count(__u32 verdict)
{
	__u64 *n = bpf_map_lookup_elem(&verdicts, &verdict);

	if (n)
		__sync_fetch_and_add(n, 1);
}

SEC("netfilter")
int inspect(struct bpf_nf_ctx *ctx)
{
	struct sk_buff *skb = ctx->skb;

	if (skb->len > 9000) {
		count(0);
		return NF_DROP;
	}
	if (skb->mark) {
		count(2);
		return (QUEUE_NR << 16) | NF_QUEUE; /* cause */
	}
	count(1);
	return NF_ACCEPT;
} /* refused */

char LICENSE[] SEC("license") = "GPL";
