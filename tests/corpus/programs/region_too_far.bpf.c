/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A layout made for a large shared memory is used on a map value. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define RX_REGION_OFFSET (640 << 20)
#define RX_SLOTS         64

struct region {
	__u64 heads[64];
	__u64 lengths[RX_SLOTS];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct region);
} shared SEC(".maps");

static __always_inline __u64 *rx_lengths(void *base)
{
	return base + RX_REGION_OFFSET; /* cause */
}

SEC("xdp")
int record_length(struct xdp_md *ctx)
{
	__u32 slot = ctx->rx_queue_index % RX_SLOTS;
	__u32 zero = 0;
	struct region *r = bpf_map_lookup_elem(&shared, &zero);

	if (!r)
		return XDP_PASS;
	r->heads[slot]++;
	rx_lengths(r)[slot] += ctx->data_end - ctx->data; /* refused */
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
