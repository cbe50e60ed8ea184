/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* One instruction adds an index to the first or the second table of a value. */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

struct tables {
	__u64 in[64];
	__u64 out[64];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct tables);
} tables SEC(".maps");

SEC("tc")
int count_by_size(struct __sk_buff *skb)
{
	__u32 zero = 0, slot = skb->len >> 5 & 63;
	struct tables *t = bpf_map_lookup_elem(&tables, &zero);
	__u64 *table;

	if (!t)
		return TC_ACT_OK;
	table = t->in;
	if (skb->ingress_ifindex) /* refused */
		table = t->out;   /* cause */
	table[slot] += skb->len;
	return TC_ACT_OK;
}

char LICENSE[] SEC("license") = "GPL";
