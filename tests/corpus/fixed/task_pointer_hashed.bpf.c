/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The address is taken as a number from the start. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define GOLDEN_RATIO 0x61c8864680b583ebULL

struct bucket {
	__u64 switches;
	__u64 last_ns;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 64);
	__type(key, __u32);
	__type(value, struct bucket);
} buckets SEC(".maps");

static __always_inline __u32 hash_ptr(__u64 address)
{
	return (address * GOLDEN_RATIO) >> 58;
}

SEC("raw_tp/sched_switch")
int count_switches(void *ctx)
{
	__u64 task = bpf_get_current_task();
	__u32 index = hash_ptr(task);
	struct bucket *b = bpf_map_lookup_elem(&buckets, &index);

	if (!b)
		return 0;
	b->switches++;
	b->last_ns = bpf_ktime_get_ns();
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
