/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The key of a map's element is masked in place while the map is iterated over. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct seq_file;
struct bpf_map;

struct bpf_iter_meta {
	struct seq_file *seq;
	__u64 session_id;
	__u64 seq_num;
} __attribute__((preserve_access_index));

struct bpf_iter__bpf_map_elem {
	struct bpf_iter_meta *meta;
	struct bpf_map *map;
	void *key;
	void *value;
} __attribute__((preserve_access_index));

struct address {
	__u32 network;
	__u32 port;
};

__u64 networks[256];

SEC("iter/bpf_map_elem")
int sum_networks(struct bpf_iter__bpf_map_elem *ctx)
{
	struct address *key = ctx->key; /* cause */
	__u64 *bytes = ctx->value;

	if (!key || !bytes)
		return 0;
	key->network &= 0xff; /* refused */
	networks[key->network & 0xff] += *bytes;
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
