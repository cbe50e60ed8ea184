/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Both ends of the id are checked. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <linux/bpf_perf_event.h>

#define MAX_STACKS 128

struct {
	__uint(type, BPF_MAP_TYPE_STACK_TRACE);
	__uint(max_entries, MAX_STACKS);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, 127 * sizeof(__u64));
} stacks SEC(".maps");

__u64 samples[MAX_STACKS];

SEC("perf_event")
int on_sample(struct bpf_perf_event_data *ctx)
{
	int id = bpf_get_stackid(ctx, &stacks, BPF_F_USER_STACK);

	if (id < 0 || id >= MAX_STACKS)
		return 0;
	samples[id]++;
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
