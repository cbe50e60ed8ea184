/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A copy of the key is changed. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct bpf_map;

struct flow {
	__u32 address;
	__u16 port;
	__u16 generation;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, struct flow);
	__type(value, __u64);
} flows SEC(".maps");

static long age(struct bpf_map *map, struct flow *key, __u64 *bytes, void *ctx)
{
	struct flow fresh = *key;
	__u64 half = *bytes / 2;

	fresh.generation = 0;
	bpf_map_update_elem(&flows, &fresh, &half, BPF_ANY);
	return 0;
}

SEC("raw_tp/sched_process_exit")
int age_flows(void *ctx)
{
	bpf_for_each_map_elem(&flows, age, NULL, 0);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
