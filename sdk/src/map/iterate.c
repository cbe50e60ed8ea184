/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Iteration over a map: by batches (5.6), where a bucket is read whole under its lock and the
 * place is a bucket, so that deletes disturb nothing; else key by key, which starts anew when
 * the key it stands on is deleted, and is therefore bounded.
 */
#include <errno.h>
#include <string.h>

#include <bpf/bpf.h>

#include "base/cleanup.h"
#include "base/fail.h"
#include "map.h"

#define MOST_ENTRIES  4096
#define MOST_BYTES    (1u << 20)
#define FEWEST        64
#define STEPS_ALLOWED 4 /* times the map's size, key by key */

struct skep_map_iter {
	const struct skep_map *map;
	int *err;
	bool by_key;
	bool last; /* the kernel has no more than what is buffered */
	bool begun;
	uint32_t room; /* entries that fit */
	uint32_t count;
	uint32_t next;
	uint64_t steps;
	unsigned char *keys, *values;
	unsigned char *place, *place_after; /* batches: opaque; by key: the last key */
};

static void drop_buffers(struct skep_map_iter *it)
{
	free(it->keys);
	free(it->values);
	it->keys = it->values = NULL;
}

static bool make_buffers(struct skep_map_iter *it, uint32_t room)
{
	drop_buffers(it);
	it->room = room;
	it->keys = calloc(room, it->map->key_bytes);
	it->values = calloc(room, it->map->value_bytes);
	return it->keys && it->values;
}

static uint32_t good_room(const struct skep_map *map)
{
	uint32_t room = MOST_BYTES / (map->key_bytes + map->value_bytes);

	if (room > MOST_ENTRIES)
		room = MOST_ENTRIES;
	if (room < FEWEST)
		room = FEWEST;
	return room;
}

struct skep_map_iter *skep_map_iter_new(const struct skep_map *map, int *err)
{
	struct skep_map_iter *it = calloc(1, sizeof(*it));
	size_t place = map->key_bytes > 8 ? map->key_bytes : 8;

	*err = map->plain ? 0 : skep_map_need(map, SKEP_ACCESS_KEYED, "single values");
	if (*err) {
		free(it);
		return NULL;
	}
	if (!it)
		goto no_memory;
	it->map = map;
	it->err = err;
	it->place = calloc(2, place);
	it->place_after = it->place ? it->place + place : NULL;
	if (!it->place || !make_buffers(it, good_room(map)))
		goto no_memory;
	return it;

no_memory:
	skep_map_iter_free(it);
	*err = skep_fail(ENOMEM, "no memory to go through map '%s'", map->name);
	return NULL;
}

void skep_map_iter_free(struct skep_map_iter *it)
{
	if (!it)
		return;
	drop_buffers(it);
	/* place and place_after are one allocation, and swap roles */
	free(it->place < it->place_after ? it->place : it->place_after);
	free(it);
}

static void swap_places(struct skep_map_iter *it)
{
	unsigned char *place = it->place;

	it->place = it->place_after;
	it->place_after = place;
	it->begun = true;
}

/* 0 with entries buffered, or with `last` set; or a negative errno. */
static int fill_by_batch(struct skep_map_iter *it)
{
	for (;;) {
		uint32_t count = it->room;
		int err = bpf_map_lookup_batch(it->map->fd, it->begun ? it->place : NULL,
					       it->place_after, it->keys, it->values, &count, NULL);

		if (err == -ENOSPC) { /* one bucket holds more than fits */
			if (!make_buffers(it, it->room * 2))
				return -ENOMEM;
			continue;
		}
		if (err && err != -ENOENT)
			return err;
		swap_places(it);
		it->last = err == -ENOENT;
		it->count = count;
		it->next = 0;
		if (count || it->last)
			return 0;
	}
}

static int fill_by_key(struct skep_map_iter *it)
{
	const struct skep_map *map = it->map;

	for (;;) {
		int err = bpf_map_get_next_key(map->fd, it->begun ? it->place : NULL,
					       it->place_after);

		if (err == -ENOENT) {
			it->last = true;
			it->count = it->next = 0;
			return 0;
		}
		if (err)
			return err;
		if (++it->steps > STEPS_ALLOWED * (uint64_t)map->entries + FEWEST)
			return -EAGAIN;
		swap_places(it);
		err = bpf_map_lookup_elem(map->fd, it->place, it->values);
		if (err == -ENOENT)
			continue; /* deleted meanwhile */
		if (err)
			return err;
		memcpy(it->keys, it->place, map->key_bytes);
		it->count = 1;
		it->next = 0;
		return 0;
	}
}

/* What a kernel or a kind of map without batches answers to the first one. */
static bool has_no_batches(int err)
{
	return err == -EINVAL || err == -EOPNOTSUPP || err == -524;
}

static int fill(struct skep_map_iter *it)
{
	if (!it->by_key) {
		int err = fill_by_batch(it);

		if (it->begun || !has_no_batches(err))
			return err;
		it->by_key = true;
	}
	return fill_by_key(it);
}

static bool stop(struct skep_map_iter *it, int err)
{
	it->last = true;
	it->count = it->next = 0;
	*it->err = err == -EAGAIN
			   ? skep_fail(err, "map '%s' changed faster than it could be gone through",
				       it->map->name)
			   : skep_fail(err, "cannot go through map '%s': %s", it->map->name,
				       strerror(-err));
	return false;
}

bool skep_map_iter_next(struct skep_map_iter *it, void *key, void *value)
{
	const struct skep_map *map;

	if (!it)
		return false;
	if (it->next == it->count) {
		int err = it->last ? 0 : fill(it);

		if (err)
			return stop(it, err);
		if (it->next == it->count)
			return false;
	}
	map = it->map;
	memcpy(key, it->keys + (size_t)it->next * map->key_bytes, map->key_bytes);
	memcpy(value, it->values + (size_t)it->next * map->value_bytes, map->value_bytes);
	it->next++;
	return true;
}
