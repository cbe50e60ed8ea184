/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The smoothing runs a handful of rounds. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define SLOTS  256
#define ROUNDS 4

struct histogram {
	__u64 samples;
	__u64 slots[SLOTS];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 8);
	__type(key, __u32);
	__type(value, struct histogram);
} histograms SEC(".maps");

static __always_inline void smooth(struct histogram *h)
{
	int round, i;

	for (round = 0; round < ROUNDS; round++) {
		for (i = 1; i < SLOTS - 1; i++)
			h->slots[i] = (h->slots[i - 1] + h->slots[i + 1]) / 2;
	}
}

SEC("perf_event")
int smooth_latencies(void *ctx)
{
	__u32 which = bpf_get_smp_processor_id() & 7;
	struct histogram *h = bpf_map_lookup_elem(&histograms, &which);

	if (!h)
		return 0;
	smooth(h);
	h->samples++;
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
