/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Programs that name each other in a table of tail calls; one of them is refused. */
#include <skep/bpf/core.h>

SKEP_LICENSE("GPL");

int refused(struct __sk_buff *skb);
int target(struct __sk_buff *skb);

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 2);
	__uint(key_size, sizeof(__u32));
	__array(values, int(struct __sk_buff *));
} skepload_jumps SEC(".maps") = { .values = { [0] = (void *)&refused, [1] = (void *)&target } };

static __attribute__((noinline)) int deep(struct __sk_buff *skb)
{
	char bytes[40] = { 0 };

	bpf_skb_load_bytes(skb, 0, bytes, sizeof(bytes));
	return bytes[skb->len & 31];
}

SEC("socket")
int refused(struct __sk_buff *skb)
{
	return *(int *)(long)skb->len; /* refused: a number is no pointer */
}

SEC("socket")
int target(struct __sk_buff *skb)
{
	char bytes[64] = { 0 };

	bpf_skb_load_bytes(skb, 0, bytes, sizeof(bytes));
	return bytes[skb->len & 31] ? deep(skb) : 0;
}

SEC("freplace/deep")
int replacement(struct __sk_buff *skb)
{
	return 0;
}
