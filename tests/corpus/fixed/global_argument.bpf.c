/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 64);
	__type(key, __u32);
	__type(value, __u64);
} counts SEC(".maps");

__noinline int add(__u64 *hits)
{
	if (!hits)
		return 0;
	*hits += 1;
	return 0;
}

SEC("raw_tp/sched_process_exec")
int on_exec(void *ctx)
{
	__u64 hits = 0;

	return add(&hits);
}

char LICENSE[] SEC("license") = "GPL";
