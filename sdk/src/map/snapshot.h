/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A snapshot's memory, between snapshot.c and snapshot_walk.c. */
#ifndef SKEP_SRC_MAP_SNAPSHOT_H
#define SKEP_SRC_MAP_SNAPSHOT_H

#include "map.h"

/* A snapshot with what it owns: mappings, of which the second may be none. */
struct skep_snapshot {
	struct skep_map_snapshot at; /* first */
	size_t room;
	struct {
		void *memory;
		size_t bytes;
	} mapped[2];
};

/*
 * Reads a hash by a program of ours, which walks its buckets without their locks. 0, or a negative
 * errno without words: then it cannot be done that way, and the snapshot is as it was.
 */
int skep_snapshot_walk(struct skep_snapshot *s, const struct skep_map *map);

#endif
