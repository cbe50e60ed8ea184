/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_BYTES 8192

struct skep_arena_block {
	struct skep_arena_block *next;
	size_t used, room;
	max_align_t data[];
};

static struct skep_arena_block *add_block(struct skep_arena *arena, size_t bytes)
{
	size_t room = bytes > BLOCK_BYTES ? bytes : BLOCK_BYTES;
	struct skep_arena_block *block = calloc(1, sizeof(*block) + room);

	if (!block) {
		arena->failed = true;
		return NULL;
	}
	block->room = room;
	block->next = arena->blocks;
	arena->blocks = block;
	return block;
}

void *skep_arena_alloc(struct skep_arena *arena, size_t bytes)
{
	struct skep_arena_block *block = arena->blocks;
	char *taken;

	bytes = (bytes + sizeof(max_align_t) - 1) & ~(sizeof(max_align_t) - 1);
	if (!block || block->room - block->used < bytes)
		block = add_block(arena, bytes);
	if (!block)
		return NULL;
	taken = (char *)block->data + block->used;
	block->used += bytes;
	return taken;
}

const char *skep_arena_copy(struct skep_arena *arena, struct skep_span text)
{
	char *copy = skep_arena_alloc(arena, text.length + 1);

	if (!copy)
		return "";
	if (text.length)
		memcpy(copy, text.at, text.length);
	return copy;
}

const char *skep_arena_printf(struct skep_arena *arena, const char *format, ...)
{
	va_list args, again;
	char *text = NULL;
	int length;

	va_start(args, format);
	va_copy(again, args);
	length = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (length >= 0)
		text = skep_arena_alloc(arena, (size_t)length + 1);
	if (text)
		vsnprintf(text, (size_t)length + 1, format, again);
	va_end(again);
	return text ? text : "";
}

void skep_arena_free(struct skep_arena *arena)
{
	struct skep_arena_block *block = arena->blocks;

	while (block) {
		struct skep_arena_block *next = block->next;

		free(block);
		block = next;
	}
	arena->blocks = NULL;
}
