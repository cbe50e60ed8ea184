/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The iterator is destroyed when a rule has matched, but the loop goes on. */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

#define MAX_RULES 128

struct bpf_iter_num {
	__u64 __opaque[1];
} __attribute__((aligned(8)));

extern int bpf_iter_num_new(struct bpf_iter_num *it, int start, int end) __ksym;
extern int *bpf_iter_num_next(struct bpf_iter_num *it) __ksym;
extern void bpf_iter_num_destroy(struct bpf_iter_num *it) __ksym;

struct rule {
	__u32 mark;
	__u32 mask;
	__u64 hits;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, MAX_RULES);
	__type(key, __u32);
	__type(value, struct rule);
} rules SEC(".maps");

SEC("tc")
int blocklist(struct __sk_buff *skb)
{
	__u32 mark = skb->mark;
	int verdict = TC_ACT_OK;
	struct bpf_iter_num it;
	struct rule *rule;
	__u32 index;
	int *next;

	bpf_iter_num_new(&it, 0, MAX_RULES);
	while ((next = bpf_iter_num_next(&it))) { /* refused */
		index = *next;
		rule = bpf_map_lookup_elem(&rules, &index);
		if (!rule)
			break;
		if ((mark & rule->mask) == rule->mark) {
			__sync_fetch_and_add(&rule->hits, 1);
			bpf_iter_num_destroy(&it); /* cause */
			verdict = TC_ACT_SHOT;
		}
	}
	bpf_iter_num_destroy(&it);
	return verdict;
}

char LICENSE[] SEC("license") = "GPL";
