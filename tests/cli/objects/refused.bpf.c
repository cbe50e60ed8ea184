/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Reads a map's value without asking whether it is there. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16);
	__type(key, __u32);
	__type(value, __u64);
} skepmark_map SEC(".maps");

SEC("raw_tp/sched_process_exec")
int skepmark_refused(void *ctx)
{
	__u32 key = 0;
	__u64 *value = bpf_map_lookup_elem(&skepmark_map, &key);

	return (int)*value;
}
