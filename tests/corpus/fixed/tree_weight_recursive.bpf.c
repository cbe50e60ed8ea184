/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* All classes are in the array, so a loop adds them up. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define CLASSES 64

struct traffic_class {
	__u32 left;
	__u32 right;
	__u64 weight;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, CLASSES);
	__type(key, __u32);
	__type(value, struct traffic_class);
} classes SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} total SEC(".maps");

static __noinline __u64 weigh(void)
{
	struct traffic_class *c;
	__u64 weight = 0;
	__u32 index;

	for (index = 0; index < CLASSES; index++) {
		__u32 key = index;

		c = bpf_map_lookup_elem(&classes, &key);
		if (!c)
			break;
		weight += c->weight;
	}
	return weight;
}

SEC("tc")
int reweigh(struct __sk_buff *skb)
{
	__u32 zero = 0;
	__u64 *sum = bpf_map_lookup_elem(&total, &zero);

	if (!sum)
		return 0;
	*sum = weigh();
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
