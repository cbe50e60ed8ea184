/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The mask is that of the slots. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define SLOTS 8

__u32 busiest;

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 16);
	__type(key, __u32);
	__type(value, __u32);
} samples SEC(".maps");

SEC("raw_tp/sched_process_exit")
int summarise(void *ctx)
{
	__u64 slots[SLOTS] = {};
	__u32 i, key, *sample;

	for (i = 0; i < 16; i++) {
		key = i;
		sample = bpf_map_lookup_elem(&samples, &key);
		if (!sample)
			return 0;
		slots[*sample & (SLOTS - 1)]++;
	}
	for (i = 1; i < SLOTS; i++)
		if (slots[i] > slots[busiest & (SLOTS - 1)])
			busiest = i;
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
