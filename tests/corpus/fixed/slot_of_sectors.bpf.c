/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What is larger than all slots goes to the last one. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define SLOTS 26

struct hist {
	__u32 slots[SLOTS];
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 256);
	__type(key, __u32);
	__type(value, struct hist);
} hists SEC(".maps");

static __always_inline __u32 log2u(__u32 v)
{
	__u32 r = 0;

	for (int i = 0; i < 31; i++) {
		if (v <= 1)
			break;
		v >>= 1;
		r++;
	}
	return r;
}

struct io_done {
	__u64 pad;
	__u32 dev;
	__u32 pad2;
	__u64 sector;
	__u32 nr_sector;
};

SEC("tp/block/block_rq_complete")
int on_done(struct io_done *ctx)
{
	__u32 dev = ctx->dev, slot = log2u(ctx->nr_sector);
	struct hist *hist = bpf_map_lookup_elem(&hists, &dev);

	if (!hist)
		return 0;
	if (slot >= SLOTS)
		slot = SLOTS - 1;
	__sync_fetch_and_add(&hist->slots[slot], 1);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
