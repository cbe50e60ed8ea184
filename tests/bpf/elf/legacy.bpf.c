/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Maps as they were before BTF; libbpf 1.x refuses them with words of its own, others load it. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct legacy_map {
	unsigned int type;
	unsigned int key_size;
	unsigned int value_size;
	unsigned int max_entries;
	unsigned int map_flags;
};

SEC("maps")
struct legacy_map counters = {
	.type = BPF_MAP_TYPE_ARRAY,
	.key_size = 4,
	.value_size = 8,
	.max_entries = 16,
};

SEC("socket")
int filter(struct __sk_buff *skb)
{
	__u32 key = skb->protocol & 15;
	__u64 *value = bpf_map_lookup_elem(&counters, &key);

	if (value)
		__sync_fetch_and_add(value, 1);
	return 0;
}

char _license[] SEC("license") = "GPL";
