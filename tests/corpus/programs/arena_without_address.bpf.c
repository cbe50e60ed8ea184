/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* An arena has no address in user space when the program is loaded. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define ARENA 33

struct {
	__uint(type, ARENA);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 100); /* cause */
} arena SEC(".maps");

extern void *bpf_arena_alloc_pages(void *map, void *addr, __u32 pages, int node,
				   __u64 flags) __ksym;

__u64 page;

SEC("syscall")
int take_page(void *ctx)
{
	page = (__u64)bpf_arena_alloc_pages(&arena, NULL, 1, -1, 0);
	return page ? 0 : 1;
}

char LICENSE[] SEC("license") = "GPL";
