/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Each is read from where it is. */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

struct settings {
	__u32 unused[2];
	__u32 mark;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct settings);
} settings SEC(".maps");

__u64 of_mark[16];

SEC("tc")
int count_marks(struct __sk_buff *skb)
{
	__u32 zero = 0, mark = skb->mark;
	struct settings *from;

	if (!mark) {
		from = bpf_map_lookup_elem(&settings, &zero);
		if (!from)
			return TC_ACT_OK;
		mark = from->mark;
	}
	of_mark[mark & 15]++;
	return TC_ACT_OK;
}

char LICENSE[] SEC("license") = "GPL";
