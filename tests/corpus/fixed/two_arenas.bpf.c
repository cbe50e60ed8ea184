/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* One has room for both. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define ARENA 33

struct {
	__uint(type, ARENA);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 100);
	__uint(map_extra, 1 << 28);
} nodes SEC(".maps");

extern void *bpf_arena_alloc_pages(void *map, void *addr, __u32 pages, int node,
				   __u64 flags) __ksym;

__u64 node_page, name_page;

SEC("syscall")
int take_pages(void *ctx)
{
	node_page = (__u64)bpf_arena_alloc_pages(&nodes, NULL, 1, -1, 0);
	name_page = (__u64)bpf_arena_alloc_pages(&nodes, NULL, 1, -1, 0);
	return node_page && name_page ? 0 : 1;
}

char LICENSE[] SEC("license") = "GPL";
