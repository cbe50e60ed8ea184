/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Iterations: begun, handed out entry by entry, ended. How entries are read: iterate_fill.c. */
#include "iterate.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fail.h"
#include "percpu.h"

#define MOST_ENTRIES  4096
#define MOST_BYTES    (1u << 20)
#define ORDERED_BYTES (64u << 20) /* the less often, the less is in the way of others' deletes */
#define FEWEST        64
#define AT_ONCE       65536 /* entries of one call, where the caller has room for more */

/* The caller's pointer and ours are the same one. */
_Static_assert(offsetof(struct skep_iteration, at) == 0, "struct skep_iteration");

static struct skep_iteration *whole(struct skep_map_iter *iter)
{
	return (struct skep_iteration *)iter;
}

size_t skep_map_value_stride(const struct skep_map *map)
{
	const struct skep_cpus *cpus;

	if (skep_map_kind(map->type)->access != SKEP_ACCESS_PERCPU)
		return map->value_bytes;
	cpus = skep_cpus_possible();
	return skep_percpu_stride(map) * (cpus ? cpus->count : SKEP_CPUS_MOST);
}

int skep_iterate_make_room(struct skep_iteration *it, uint32_t room)
{
	free(it->keys);
	free(it->values);
	it->room = room;
	it->keys = calloc(room, it->map->key_bytes);
	it->values = calloc(1, room * it->stride);
	return it->keys && it->values ? 0 : -ENOMEM;
}

uint32_t skep_iterate_good_room(const struct skep_iteration *it)
{
	size_t bytes = it->map->key_bytes + it->stride;
	size_t room = (it->ordered ? ORDERED_BYTES : MOST_BYTES) / bytes;

	if (!it->ordered && room > MOST_ENTRIES)
		room = MOST_ENTRIES;
	if (room > it->map->entries)
		room = it->map->entries;
	if (room < FEWEST)
		room = FEWEST;
	return (uint32_t)room;
}

static enum skep_iterate_way first_way(const struct skep_map *map)
{
	switch (map->type) {
	case BPF_MAP_TYPE_DEVMAP:
	case BPF_MAP_TYPE_CPUMAP:
	case BPF_MAP_TYPE_XSKMAP:
	case BPF_MAP_TYPE_SOCKMAP:
	case BPF_MAP_TYPE_REUSEPORT_SOCKARRAY:
	case BPF_MAP_TYPE_PROG_ARRAY:
	case BPF_MAP_TYPE_CGROUP_ARRAY:
		return SKEP_BY_INDEX;
	default:
		return SKEP_BY_BATCH;
	}
}

static int refuse_kind(const struct skep_map *map, const char *what)
{
	const struct skep_map_kind *kind = skep_map_kind(map->type);

	if (kind->access != SKEP_ACCESS_STORAGE)
		return skep_fail(EPROTOTYPE, "cannot go through map '%s': a %s %s", map->name,
				 kind->name, what);
	return skep_fail_hint(
		skep_fail(EPROTOTYPE,
			  "cannot go through map '%s': only programs can go "
			  "through a %s",
			  map->name, kind->name),
		map->type == BPF_MAP_TYPE_SK_STORAGE
			? "write an iterator program: SEC(\"iter/bpf_sk_storage_map\")"
			: "write an iterator program: SEC(\"iter/task\") and the like");
}

static int check_map(const struct skep_map *map, enum skep_passage passage)
{
	if (!map)
		return skep_fail_hint(skep_fail(EBADF, "this handle has no map"),
				      "open it first: skep_map_open(), skep_map_adopt_fd()");
	switch (skep_map_kind(map->type)->access) {
	case SKEP_ACCESS_QUEUE:
	case SKEP_ACCESS_BLOOM:
	case SKEP_ACCESS_RING:
	case SKEP_ACCESS_USER_RING:
	case SKEP_ACCESS_ARENA:
	case SKEP_ACCESS_STRUCT_OPS:
		return refuse_kind(map, "has no keys");
	case SKEP_ACCESS_STORAGE:
		return refuse_kind(map, "");
	default:
		break;
	}
	if (passage == SKEP_PASSAGE_TAKE &&
	    (map->type == BPF_MAP_TYPE_ARRAY || map->type == BPF_MAP_TYPE_PERCPU_ARRAY))
		return skep_fail_hint(
			skep_fail(EPROTOTYPE, "map '%s' is an array: its elements stay", map->name),
			"get them, and put zeros: skep_map_clear()");
	return 0;
}

static struct skep_map_iter *start(const struct skep_map *map, enum skep_passage passage, int *err)
{
	SKEP_AUTO(skep_map_iter) *iter = calloc(1, sizeof(struct skep_iteration));
	struct skep_iteration *it = whole(iter);
	size_t place = map->key_bytes > 8 ? map->key_bytes : 8;

	if (!it)
		return NULL;
	it->map = map;
	it->err = err;
	it->way = first_way(map);
	it->passage = passage;
	it->ordered = map->type == BPF_MAP_TYPE_LPM_TRIE;
	it->stride = skep_map_value_stride(map);
	it->place = calloc(2, place);
	if (!it->place)
		return NULL;
	it->place_after = it->place + place;
	return SKEP_TAKE(iter);
}

struct skep_map_iter *skep_map_iter_start(const struct skep_map *map, enum skep_passage passage,
					  int *err)
{
	struct skep_map_iter *iter;

	*err = check_map(map, passage);
	if (*err)
		return NULL;
	iter = start(map, passage, err);
	if (!iter)
		*err = skep_fail(ENOMEM, "no memory to go through map '%s'", map->name);
	return iter;
}

int skep_map_iter_begin(struct skep_map_iter **out, const struct skep_map *map,
			enum skep_passage passage)
{
	int err;
	struct skep_map_iter *iter = skep_map_iter_start(map, passage, &err);

	if (!iter)
		return err;
	whole(iter)->err = &whole(iter)->own_err;
	*out = iter;
	return 0;
}

int skep_map_iter_error(const struct skep_map_iter *iter)
{
	return *((const struct skep_iteration *)iter)->err;
}

bool skep_map_iter_is(const struct skep_map_iter *iter, const struct skep_map *map,
		      enum skep_passage passage)
{
	const struct skep_iteration *it = (const struct skep_iteration *)iter;

	return it->map == map && it->passage == passage;
}

struct skep_map_iter *skep_map_iter_new(const struct skep_map *map, int *err)
{
	if (!map || map->plain)
		return skep_map_iter_start(map, SKEP_PASSAGE_READ, err);
	*err = skep_map_need(map, SKEP_ACCESS_KEYED, "single values");
	return NULL;
}

struct skep_map_iter *skep_map_iter_new_sized(const struct skep_map *map, size_t key_bytes,
					      size_t value_bytes, int *err)
{
	struct skep_map_iter *iter = skep_map_iter_new(map, err);

	if (!iter || (key_bytes == map->key_bytes && value_bytes == map->value_bytes))
		return iter;
	skep_map_iter_free(iter);
	*err = skep_map_check_shape(
		map, SKEP_OPTS(skep_map_shape, .key_bytes = key_bytes, .value_bytes = value_bytes));
	return NULL;
}

void skep_map_iter_free(struct skep_map_iter *iter)
{
	struct skep_iteration *it = whole(iter);

	if (!it)
		return;
	free(it->keys);
	free(it->values);
	/* place and place_after are one allocation, and swap roles */
	free(it->place < it->place_after ? it->place : it->place_after);
	free(it);
}

/* Always false. */
static bool stop(struct skep_iteration *it, int err)
{
	it->last = true;
	it->at.left = 0;
	if (err == -EAGAIN)
		*it->err = skep_fail_hint(skep_fail(err,
						    "map '%s' changed faster than it could be "
						    "gone through",
						    it->map->name),
					  "try again, or when fewer keys are removed");
	else if (err == -EBADF && it->map->fd < 0)
		*it->err = skep_fail_hint(skep_fail(err, "map '%s' is not loaded", it->map->name),
					  "load its object first, and look at the result");
	else
		*it->err = skep_fail(err, "cannot go through map '%s': %s", it->map->name,
				     strerror(-skep_errno_standard(err)));
	return false;
}

bool skep_map_iter_refill(struct skep_map_iter *iter)
{
	struct skep_iteration *it = whole(iter);

	while (!it->at.left) {
		int err = it->last ? 0 : skep_iterate_fill(it);

		if (err)
			return stop(it, err);
		if (it->last && !it->at.left)
			return false;
	}
	return true;
}

bool skep_map_iter_show(struct skep_map_iter *iter, const void **key, const void **value)
{
	struct skep_iteration *it = whole(iter);

	if (!it || (!it->at.left && !skep_map_iter_refill(iter)))
		return false;
	*key = it->at.key;
	*value = it->at.value;
	it->at.key += it->map->key_bytes;
	it->at.value += it->stride;
	it->at.left--;
	return true;
}

bool skep_map_iter_next(struct skep_map_iter *iter, void *key, void *value)
{
	const void *its_key, *its_value;

	if (!skep_map_iter_show(iter, &its_key, &its_value))
		return false;
	memcpy(key, its_key, whole(iter)->map->key_bytes);
	if (value)
		memcpy(value, its_value, whole(iter)->stride);
	return true;
}

/* As much as is buffered and fits. */
static size_t copy_buffered(struct skep_iteration *it, unsigned char *key, unsigned char *value,
			    size_t room)
{
	size_t n = it->at.left < room ? it->at.left : room;

	memcpy(key, it->at.key, n * it->map->key_bytes);
	memcpy(value, it->at.value, n * it->stride);
	it->at.key += n * it->map->key_bytes;
	it->at.value += n * it->stride;
	it->at.left -= n;
	return n;
}

/* One batch past the buffers: 0 with `*n` entries, or -errno. */
static int read_batch(struct skep_iteration *it, void *keys, void *values, size_t room, size_t *n)
{
	uint32_t count = room < AT_ONCE ? (uint32_t)room : AT_ONCE;
	int err = skep_iterate_batch(it, keys, values, &count);

	if (!err) {
		unsigned char *place = it->place;

		it->place = it->place_after;
		it->place_after = place;
		it->begun = true;
	}
	*n = count;
	return err;
}

int skep_map_iter_read(struct skep_map_iter *iter, void *keys, void *values, size_t *count)
{
	struct skep_iteration *it = whole(iter);
	size_t room = *count, done = 0, n;
	int err = 0;

	*it->err = 0;
	for (*count = 0; done < room; *count = done += n) {
		unsigned char *key = (unsigned char *)keys + done * it->map->key_bytes;
		unsigned char *value = (unsigned char *)values + done * it->stride;

		n = 0;
		if (!it->at.left && !it->last && it->way == SKEP_BY_BATCH && !it->ordered) {
			err = read_batch(it, key, value, room - done, &n);
			if (err == -EOPNOTSUPP && it->way != SKEP_BY_BATCH)
				continue;
			if (err == -ENOSPC && done)
				return 0;
			if (err == -ENOSPC && it->passage != SKEP_PASSAGE_READ)
				return err;
			if (err && err != -ENOSPC) {
				stop(it, err);
				return *it->err;
			}
			if (!err)
				continue;
		}
		if (!it->at.left && !skep_map_iter_refill(iter))
			return *it->err;
		n = copy_buffered(it, key, value, room - done);
	}
	return 0;
}
