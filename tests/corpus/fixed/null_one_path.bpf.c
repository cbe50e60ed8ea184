/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 64);
	__type(key, __u32);
	__type(value, __u64);
} counts SEC(".maps");

SEC("raw_tp/sched_process_exec")
int on_exec(void *ctx)
{
	__u32 pid = bpf_get_current_pid_tgid() >> 32;
	__u64 *hits = bpf_map_lookup_elem(&counts, &pid);
	__u32 random = bpf_get_prandom_u32();

	if (random & 1) {
		if (!hits)
			return 0;
		bpf_get_smp_processor_id();
	}
	if (!hits)
		return 0;
	*hits += random;
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
