/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The other half of linked_a. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

int shared = 3;
static volatile int mine = 4;
const volatile char rodata_b = 2;

extern struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, __u64);
} table SEC(".maps");

__noinline int helper(int a)
{
	return a * mine + rodata_b;
}

__weak __noinline int both(int a)
{
	return a + 2;
}

SEC("xdp")
int second(struct xdp_md *ctx)
{
	__u32 one = 1;

	bpf_map_lookup_elem(&table, &one);
	return helper(2) + both(3);
}

char _license[] SEC("license") = "GPL";
