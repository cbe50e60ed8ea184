/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A name is copied behind the header of a key, with the size of both. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct key {
	__u64 started;
	char comm[16];
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, struct key);
	__type(value, __u64);
} execs SEC(".maps");

SEC("raw_tp/sched_process_exec")
int on_exec(void *ctx)
{
	struct key key = { .started = bpf_ktime_get_ns() >> 30 };
	__u64 one = 1;

	bpf_get_current_comm(key.comm, sizeof(key)); /* refused */
	bpf_map_update_elem(&execs, &key, &one, BPF_ANY);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
