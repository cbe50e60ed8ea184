/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* One half of an object that bpftool gen object links: see linked_b. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

extern int shared;
extern int helper(int a);

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, __u64);
} table SEC(".maps");

__weak __noinline int both(int a)
{
	return a + 1;
}

static volatile int mine;
const volatile int rodata_a = 1;

SEC("xdp")
int first(struct xdp_md *ctx)
{
	__u32 zero = 0;

	mine++;
	bpf_map_lookup_elem(&table, &zero);
	return helper(shared) + both(1) + rodata_a;
}

char _license[] SEC("license") = "GPL";
