/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The room on the stack is a local array. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define SCRATCH 64

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__uint(key_size, 16);
	__type(value, __u64);
} names SEC(".maps");

SEC("tp/sched/sched_process_exit")
int count_exits(void *ctx)
{
	char comm[SCRATCH];
	__u64 one = 1;
	__u64 *exits;

	if (bpf_get_current_comm(comm, 16))
		return 0;
	exits = bpf_map_lookup_elem(&names, comm);
	if (exits)
		__sync_fetch_and_add(exits, 1);
	else
		bpf_map_update_elem(&names, comm, &one, BPF_NOEXIST);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
