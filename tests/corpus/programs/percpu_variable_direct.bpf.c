/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A per-CPU variable of the kernel is read like an ordinary one. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct rq {
	unsigned int nr_running;
} __attribute__((preserve_access_index));

extern const struct rq runqueues __ksym;

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 32);
	__type(key, __u32);
	__type(value, __u64);
} lengths SEC(".maps");

SEC("raw_tp/sched_switch")
int sample_queue(void *ctx)
{
	__u32 running = runqueues.nr_running; /* refused */
	__u64 *n;

	if (running > 31)
		running = 31;
	n = bpf_map_lookup_elem(&lengths, &running);
	if (n)
		__sync_fetch_and_add(n, 1);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
