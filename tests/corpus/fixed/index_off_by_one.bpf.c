/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct count {
	__u64 hits;
	__u64 bytes;
	__u32 slots[16];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 64);
	__type(key, __u32);
	__type(value, struct count);
} counts SEC(".maps");

SEC("raw_tp/sched_process_exec")
int on_exec(void *ctx)
{
	__u32 zero = 0;
	__u32 slot = bpf_get_prandom_u32();
	struct count *c = bpf_map_lookup_elem(&counts, &zero);

	if (!c)
		return 0;
	if (slot < 16)
		c->slots[slot]++;
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
