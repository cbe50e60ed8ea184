/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Memory of one explanation: given out in pieces, freed at once. When memory runs out, `failed`
 * is set and texts are empty, so that callers look once, at the end.
 */
#ifndef SKEP_VERIFIER_ARENA_H
#define SKEP_VERIFIER_ARENA_H

#include <skep/base.h>

#include "span.h"

struct skep_arena_block;

struct skep_arena {
	struct skep_arena_block *blocks;
	bool failed;
};

/* Zeroed; NULL when there is no memory. */
void *skep_arena_alloc(struct skep_arena *arena, size_t bytes);

/* Never NULL. */
const char *skep_arena_copy(struct skep_arena *arena, struct skep_span text);
const char *skep_arena_printf(struct skep_arena *arena, const char *format, ...) SKEP_PRINTF(2, 3);

void skep_arena_free(struct skep_arena *arena);

#endif
