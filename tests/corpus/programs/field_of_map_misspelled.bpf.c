/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A property of a map is misspelled. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entires, 1024); /* cause */
	__type(key, __u32);
	__type(value, __u64);
} started SEC(".maps");

SEC("raw_tp/sched_process_fork")
int on_fork(void *ctx)
{
	__u32 pid = bpf_get_current_pid_tgid() >> 32;
	__u64 now = bpf_ktime_get_ns();

	bpf_map_update_elem(&started, &pid, &now, BPF_ANY);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
