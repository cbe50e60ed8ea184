/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* All entries of a map as arrays: read, or taken. */
#include "snapshot.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/fail.h"
#include "base/opts.h"
#include "batch.h"

#define FEWEST     64
#define FIRST_MOST (1ull << 32) /* bytes of address space at first; memory comes with the entries */
#define PAGE       4096ull
#define HUGE       (2ull << 20)

_Static_assert(offsetof(struct skep_snapshot, at) == 0, "struct skep_snapshot");

static int no_memory(const struct skep_map *map)
{
	return skep_fail(ENOMEM, "no memory for the entries of map '%s'", map->name);
}

/* Room for `room` entries in one mapping; what there is moves there. -ENOMEM without words. */
static int make_room(struct skep_snapshot *s, size_t room)
{
	size_t keys, bytes;
	unsigned char *memory;

	if (__builtin_mul_overflow(room, s->at.key_bytes, &keys) ||
	    __builtin_mul_overflow(room, s->at.value_bytes, &bytes))
		return -ENOMEM;
	keys = (keys + PAGE - 1) / PAGE * PAGE;
	bytes += keys;
	memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (memory == MAP_FAILED)
		return -ENOMEM;
	if (bytes >= 4 * HUGE)
		(void)madvise(memory, bytes, MADV_HUGEPAGE); /* fewer faults, where it may */
	if (s->at.count) {
		memcpy(memory, s->at.keys, s->at.count * s->at.key_bytes);
		memcpy(memory + keys, s->at.values, s->at.count * s->at.value_bytes);
	}
	if (s->mapped[0].memory)
		munmap(s->mapped[0].memory, s->mapped[0].bytes);
	s->mapped[0].memory = memory;
	s->mapped[0].bytes = bytes;
	s->at.keys = memory;
	s->at.values = memory + keys;
	s->room = room;
	return 0;
}

/* Address space for all that the map may have, or for as much of it as there is. */
static int make_first_room(struct skep_snapshot *s, const struct skep_map *map)
{
	size_t room = FIRST_MOST / (s->at.key_bytes + s->at.value_bytes);

	if (room > (size_t)map->entries + FEWEST)
		room = (size_t)map->entries + FEWEST;
	if (room < FEWEST)
		room = FEWEST;
	while (make_room(s, room)) {
		if (room == FEWEST)
			return no_memory(map);
		room = room / 4 > FEWEST ? room / 4 : FEWEST;
	}
	return 0;
}

static int read_all(struct skep_snapshot *s, const struct skep_map *map, struct skep_map_iter *iter)
{
	for (;;) {
		size_t n = s->room - s->at.count;
		int err = 0;

		if (n) {
			err = skep_map_iter_read(
				iter, (unsigned char *)s->at.keys + s->at.count * s->at.key_bytes,
				(unsigned char *)s->at.values + s->at.count * s->at.value_bytes,
				&n);
			s->at.count += n;
			if (!err && !n)
				return 0;
			if (err && err != -ENOSPC)
				return err;
		}
		/* A bucket has more than fits, or there is no room at all. */
		if ((err || s->at.count == s->room) && make_room(s, s->room * 2))
			return no_memory(map);
	}
}

/* What was taken and cannot be given: where the keys are there again, newer values stay. */
static void put_back(const struct skep_snapshot *s, const struct skep_map *map)
{
	SKEP_KEEP_ERROR;

	for (size_t i = 0; i < s->at.count; i++)
		(void)skep_map_element(BPF_MAP_UPDATE_ELEM, map->fd,
				       (const unsigned char *)s->at.keys + i * s->at.key_bytes,
				       (const unsigned char *)s->at.values + i * s->at.value_bytes,
				       BPF_NOEXIST);
}

static int check_sizes(const struct skep_map *map, size_t key_bytes, size_t value_bytes)
{
	if (!map || (value_bytes && !map->plain)) {
		int err = 0;

		return skep_map_iter_new(map, &err) ? 0 : err;
	}
	return skep_map_check_shape(
		map, SKEP_OPTS(skep_map_shape, .key_bytes = key_bytes, .value_bytes = value_bytes));
}

static int read_map(struct skep_map_snapshot **out, const struct skep_map *map,
		    enum skep_passage passage, bool unlocked)
{
	SKEP_AUTO(skep_map_iter) *iter = NULL;
	SKEP_AUTO(skep_map_snapshot) *owner = NULL;
	struct skep_snapshot *s;
	int err = skep_map_iter_begin(&iter, map, passage);

	if (err)
		return err;
	s = calloc(1, sizeof(*s));
	if (!s)
		return no_memory(map);
	owner = &s->at;
	s->at.key_bytes = map->key_bytes;
	s->at.value_bytes = skep_map_value_stride(map);
	if (!unlocked || skep_snapshot_walk(s, map)) {
		err = make_first_room(s, map);
		if (!err)
			err = read_all(s, map, iter);
	}
	if (err && passage == SKEP_PASSAGE_TAKE)
		put_back(s, map);
	if (err)
		return err;
	*out = SKEP_TAKE(owner);
	return 0;
}

int skep_map_snapshot_raw(struct skep_map_snapshot **out, const struct skep_map *map,
			  size_t key_bytes, size_t value_bytes,
			  const struct skep_map_snapshot_opts *opts)
{
	int err = SKEP_OPTS_CHECK(opts);

	if (!err)
		err = check_sizes(map, key_bytes, value_bytes);
	return err ? err : read_map(out, map, SKEP_PASSAGE_READ, SKEP_OPT(opts, unlocked));
}

int skep_map_drain_raw(struct skep_map_snapshot **out, const struct skep_map *map, size_t key_bytes,
		       size_t value_bytes)
{
	int err = check_sizes(map, key_bytes, value_bytes);

	return err ? err : read_map(out, map, SKEP_PASSAGE_TAKE, false);
}

void skep_map_snapshot_free(struct skep_map_snapshot *snapshot)
{
	struct skep_snapshot *s = (struct skep_snapshot *)snapshot;

	SKEP_KEEP_ERROR;

	if (!s)
		return;
	for (int i = 0; i < 2; i++)
		if (s->mapped[i].memory)
			munmap(s->mapped[i].memory, s->mapped[i].bytes);
	free(s);
}
