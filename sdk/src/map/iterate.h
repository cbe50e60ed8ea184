/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* An iteration, between iterate.c, which hands out entries, and iterate_fill.c, which reads them. */
#ifndef SKEP_SRC_MAP_ITERATE_H
#define SKEP_SRC_MAP_ITERATE_H

#include "batch.h"

enum skep_iterate_way {
	SKEP_BY_BATCH, /* the kernel goes, and fills arrays */
	SKEP_BY_KEY,   /* the key after this one, and its value */
	SKEP_BY_INDEX, /* one place after the other */
};

struct skep_iteration {
	struct skep_map_iter at; /* what the caller sees; first */
	const struct skep_map *map;
	int *err;
	int own_err; /* what `err` points to, where the caller has none */
	enum skep_iterate_way way;
	enum skep_passage passage;
	bool ordered; /* an LPM trie: the next key is after the last, or was seen */
	bool last;    /* the kernel has no more than what is buffered */
	bool begun;
	size_t stride; /* bytes of a value */
	uint32_t room; /* entries that fit into the buffers */
	uint64_t steps;
	unsigned char *keys, *values;
	unsigned char *place, *place_after; /* opaque, or the last key */
};

/* How many entries are read at once. */
uint32_t skep_iterate_good_room(const struct skep_iteration *it);

/* Forgets the buffers and makes some for `room` entries. -ENOMEM where it cannot. */
int skep_iterate_make_room(struct skep_iteration *it, uint32_t room);

/* Reads entries into the buffers: sets `at`, or `last`. 0 or -errno. */
int skep_iterate_fill(struct skep_iteration *it);

/*
 * One batch into `keys` and `values`, of `*count` entries at most; and then so many. -ENOSPC where
 * a bucket has more. -EOPNOTSUPP where there are no batches: `way` is another one then.
 */
int skep_iterate_batch(struct skep_iteration *it, void *keys, void *values, uint32_t *count);

#endif
