/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A program that walks a list that user space made in an arena. Needs clang 19. */
#include <skep/bpf/core.h>

#include "map_arena.h"

SKEP_LICENSE("GPL");

SKEP_ARENA(arena, 100);

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

/* A page that the program takes itself, writes to, and gives back: what it counted, or 0. */
__u64 counted;

SEC("syscall")
int take_and_give(void *ctx)
{
	struct root SKEP_IN_ARENA *root = skep_arena_alloc(&arena, 1);

	counted = 0;
	if (!root)
		return 1;
	root->count = 41;
	root->count++;
	counted = root->count;
	skep_arena_free(&arena, root, 1);
	return 0;
}
