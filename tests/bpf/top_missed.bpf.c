/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A program that calls what it hangs on: the kernel does not run it again inside of itself. */
#include <linux/bpf.h>

#include <skep/bpf/core.h>

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u32);
} top_hash SEC(".maps");

SEC("fentry/htab_map_delete_elem")
int top_missed(void *ctx)
{
	__u32 key = 1;

	bpf_map_delete_elem(&top_hash, &key);
	return 0;
}

SKEP_LICENSE("GPL");
