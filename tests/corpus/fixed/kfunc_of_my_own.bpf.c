/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The hash is computed in the program. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define COMM_LEN 16

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, __u64);
} by_hash SEC(".maps");

static __always_inline __u32 bpf_string_hash(const char *string, __u32 size)
{
	__u32 hash = 2166136261;
	__u32 i;

	for (i = 0; i < size && string[i]; i++)
		hash = (hash ^ (__u8)string[i]) * 16777619;
	return hash;
}

SEC("tp/syscalls/sys_enter_execve")
int count_execs(void *ctx)
{
	char comm[COMM_LEN] = {};
	__u64 one = 1;
	__u64 *count;
	__u32 hash;

	bpf_get_current_comm(comm, sizeof(comm));
	hash = bpf_string_hash(comm, sizeof(comm));
	count = bpf_map_lookup_elem(&by_hash, &hash);
	if (count)
		__sync_fetch_and_add(count, 1);
	else
		bpf_map_update_elem(&by_hash, &hash, &one, BPF_NOEXIST);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
