/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Maps to go through, a program that storms over one, and one that only walks. */
#include <skep/bpf/core.h>

#include "map_iter.h"

SKEP_LICENSE("GPL");

SKEP_HASH(storm, __u64, struct mark, 8192);
SKEP_HASH(walked_map, __u64, __u64, 1);

/* Puts and removes keys that are not stable. */
SEC("raw_tp")
int blow(struct bpf_raw_tracepoint_args *ctx)
{
	for (int i = 0; i < STORM_BURST; i++) {
		__u32 random = bpf_get_prandom_u32();
		__u64 key = STORM_STABLE + (random >> 8) % STORM_CHURN;
		struct mark mark = { .key = key, .check = ~key };

		if (random & 1)
			bpf_map_update_elem(&storm, &key, &mark, BPF_ANY);
		else
			bpf_map_delete_elem(&storm, &key);
	}
	return 0;
}

struct bpf_map;

static long add(struct bpf_map *map, __u64 *key, __u64 *value, struct walked *walked)
{
	walked->sum += *key + *value;
	walked->count++;
	return 0;
}

/* What the kernel's own way through the buckets costs: the limit. */
SEC("syscall")
int walk(struct walked *ctx)
{
	struct walked walked = { 0 };

	bpf_for_each_map_elem(&walked_map, add, &walked, 0);
	*ctx = walked;
	return 0;
}
