/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The counter has a map of its own. */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

struct settings {
	__u32 max_length;
	__u32 action;
	__u64 exceeded;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 4);
	__uint(map_flags, BPF_F_RDONLY_PROG);
	__type(key, __u32);
	__type(value, struct settings);
} settings SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u64);
} exceeded SEC(".maps");

SEC("tc")
int police_length(struct __sk_buff *skb)
{
	__u32 class = skb->priority & 3;
	struct settings *s = bpf_map_lookup_elem(&settings, &class);
	__u64 *count = bpf_map_lookup_elem(&exceeded, &class);

	if (!s || skb->len <= s->max_length)
		return TC_ACT_OK;
	if (count)
		*count += 1;
	if (s->action)
		return TC_ACT_SHOT;
	skb->mark = s->max_length;
	return TC_ACT_OK;
}

char LICENSE[] SEC("license") = "GPL";
