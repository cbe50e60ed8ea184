/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A ring-buffer helper on a hash. */
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
	void *e = bpf_ringbuf_reserve(&counts, 8, 0); /* refused */

	if (e)
		bpf_ringbuf_discard(e, 0);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
