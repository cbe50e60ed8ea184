/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The iterator is always made ready. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct bpf_iter_num {
	__u64 opaque[1];
} __attribute__((aligned(8)));

extern int bpf_iter_num_new(struct bpf_iter_num *it, int start, int end) __ksym;
extern int *bpf_iter_num_next(struct bpf_iter_num *it) __ksym;
extern void bpf_iter_num_destroy(struct bpf_iter_num *it) __ksym;

struct config {
	__u32 shards;
	__u32 generation;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct config);
} config SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 128);
	__type(key, __u32);
	__type(value, __u64);
} shards SEC(".maps");

SEC("raw_tp/sched_process_exit")
int sum_shards(void *ctx)
{
	__u32 zero = 0, key;
	struct config *c = bpf_map_lookup_elem(&config, &zero);
	struct bpf_iter_num it;
	__u64 *shard, sum = 0;
	int *i;

	if (!c)
		return 0;
	bpf_iter_num_new(&it, 0, c->shards);
	while ((i = bpf_iter_num_next(&it))) {
		key = *i;
		shard = bpf_map_lookup_elem(&shards, &key);
		if (!shard)
			break;
		sum += *shard;
	}
	bpf_iter_num_destroy(&it);
	bpf_printk("%llu in generation %u", sum, c->generation);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
