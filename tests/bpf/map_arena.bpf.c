/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A program that walks a list that user space made in an arena. Needs clang 19. */
#include <skep/bpf/core.h>

#include "map_arena.h"

SKEP_LICENSE("GPL");

#define MAP_TYPE_ARENA 33 /* newer than some linux/bpf.h */

struct {
	__uint(type, MAP_TYPE_ARENA);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 100);
} arena SEC(".maps");

/* The first argument is the address of the root, as user space knows it. */
SEC("raw_tp")
int walk(struct bpf_raw_tracepoint_args *ctx)
{
	struct root SHARED *root = (struct root SHARED *)ctx->args[0];
	struct node SHARED *node;
	__u64 sum = 0, count = 0;

	/* The arena that the program's pointers are of is the one that it names. */
	asm volatile("" : : "r"(&arena));
	node = root->first;
	for (int i = 0; i < 100 && node; i++) {
		sum += node->number;
		count++;
		node->number++;
		node = node->next;
	}
	root->sum = sum;
	root->count = count;
	return 0;
}
