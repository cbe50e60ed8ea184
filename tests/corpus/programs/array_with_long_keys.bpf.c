/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* An array has keys of eight bytes. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 64);
	__type(key, __u64); /* cause */
	__type(value, __u64);
} counts SEC(".maps");

SEC("raw_tp/sched_process_exec")
int on_exec(void *ctx)
{
	__u64 cpu = bpf_get_smp_processor_id() & 63;
	__u64 *n = bpf_map_lookup_elem(&counts, &cpu);

	if (n)
		__sync_fetch_and_add(n, 1);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
