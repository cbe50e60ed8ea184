/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Many entries in one call; and count and clear, which go through all of them. */
#include "batch.h"

#include <sched.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/fail.h"

#define AT_ONCE      65536 /* entries of one call: a signal need not wait longer */
#define BUSY_ALLOWED 100
#define CLEAR_ROOM   1024 /* elements of an array in one call */
#define CLEAR_BYTES  (4u << 20)

static int refuse_unopened(void)
{
	return skep_fail_hint(skep_fail(EBADF, "this handle has no map"),
			      "open it first: skep_map_open(), skep_map_adopt_fd()");
}

static int check_handle(const struct skep_map *map)
{
	if (!map)
		return refuse_unopened();
	return map->plain ? 0 : skep_map_need(map, SKEP_ACCESS_KEYED, "single values");
}

/* --- get and take --- */

static int read_entries(const struct skep_map *map, enum skep_passage passage,
			struct skep_map_iter **place, void *keys, void *values, size_t *count)
{
	size_t room = *count;
	int err;

	*count = 0;
	err = check_handle(map);
	if (!err && !*place)
		err = skep_map_iter_begin(place, map, passage);
	if (err)
		return err;
	if (!skep_map_iter_is(*place, map, passage))
		return skep_fail_hint(
			skep_fail(EINVAL, "the place in map '%s' is of another reading", map->name),
			"begin with a place that is NULL");
	*count = room;
	err = skep_map_iter_read(*place, keys, values, count);
	if (err == -ENOSPC)
		return skep_fail_hint(skep_fail(err,
						"map '%s' has more than %zu entries in one bucket",
						map->name, room),
				      "call again with larger arrays: nothing was taken");
	return err;
}

int skep_map_get_batch_raw(const struct skep_map *map, struct skep_map_iter **place, void *keys,
			   void *values, size_t *count)
{
	return read_entries(map, SKEP_PASSAGE_READ, place, keys, values, count);
}

int skep_map_take_batch_raw(const struct skep_map *map, struct skep_map_iter **place, void *keys,
			    void *values, size_t *count)
{
	return read_entries(map, SKEP_PASSAGE_TAKE, place, keys, values, count);
}

/* --- put and del --- */

/* The entries that a call is about, and how far it came. */
struct work {
	const struct skep_map *map;
	const unsigned char *keys;
	const unsigned char *values; /* NULL: they are removed */
	size_t stride;
	size_t count;
	size_t done;
	uint64_t flags;
};

static int call_batch(struct work *w)
{
	size_t left = w->count - w->done;
	uint32_t count = left < AT_ONCE ? (uint32_t)left : AT_ONCE;
	struct skep_elements attr = {
		.keys = skep_map_address(w->keys + w->done * w->map->key_bytes),
		.values = w->values ? skep_map_address(w->values + w->done * w->stride) : 0,
		.count = count,
		.fd = (uint32_t)w->map->fd,
		.element_flags = w->flags,
	};
	int err = skep_map_bpf(w->values ? BPF_MAP_UPDATE_BATCH : BPF_MAP_DELETE_BATCH, &attr,
			       sizeof(attr));

	/* A call that failed as a whole may not have said that it did nothing. */
	if (!err || attr.count < count)
		w->done += attr.count < count ? attr.count : count;
	return err;
}

static int call_single(struct work *w)
{
	const void *key = w->keys + w->done * w->map->key_bytes;
	int err;

	if (w->values)
		err = skep_map_element(BPF_MAP_UPDATE_ELEM, w->map->fd, key,
				       w->values + w->done * w->stride, w->flags);
	else
		err = skep_map_element(BPF_MAP_DELETE_ELEM, w->map->fd, key, NULL, 0);
	w->done += !err;
	return err;
}

static int do_all(struct work *w, bool batches)
{
	int busy = 0;

	while (w->done < w->count) {
		size_t before = w->done;
		int err = batches ? call_batch(w) : call_single(w);

		if (w->done > before)
			busy = 0;
		if (skep_map_is_busy(err) && busy++ < BUSY_ALLOWED) {
			sched_yield();
			continue;
		}
		/* Only a single call tells a kind without batches from a key that is refused. */
		if (batches && skep_map_has_no_batches(err)) {
			batches = false;
			continue;
		}
		if (err)
			return skep_map_refuse(w->map, err);
	}
	return 0;
}

int skep_map_put_batch_raw(const struct skep_map *map, const void *keys, const void *values,
			   size_t *count, enum skep_put how)
{
	struct work w = { map, keys, values, 0, *count, 0, how };
	int err;

	*count = 0;
	err = check_handle(map);
	if (err)
		return err;
	if ((unsigned int)how > 6 || (how & 3) == 3 || how == 5)
		return skep_fail(EINVAL, "map '%s': %d is not an enum skep_put", map->name, how);
	w.stride = map->value_bytes;
	/* Batches know no flags but that of the lock. */
	err = do_all(&w, !(how & (SKEP_PUT_NEW | SKEP_PUT_EXISTING)));
	*count = w.done;
	return err;
}

int skep_map_del_batch_raw(const struct skep_map *map, const void *keys, size_t *count)
{
	struct work w = { map, keys, NULL, 0, *count, 0, 0 };
	int err;

	*count = 0;
	if (!map)
		return refuse_unopened();
	err = do_all(&w, true);
	*count = w.done;
	return err;
}

/* --- count and clear --- */

static bool is_array(const struct skep_map *map)
{
	return map->type == BPF_MAP_TYPE_ARRAY || map->type == BPF_MAP_TYPE_PERCPU_ARRAY;
}

int skep_map_count_raw(const struct skep_map *map, uint64_t *count)
{
	SKEP_AUTO(skep_map_iter) *iter = NULL;
	uint64_t n = 0;
	int err;

	if (map && is_array(map)) {
		*count = map->entries;
		return 0;
	}
	err = skep_map_iter_begin(&iter, map, SKEP_PASSAGE_READ);
	if (err)
		return err;
	for (; skep_map_iter_refill(iter); iter->left = 0)
		n += iter->left;
	err = skep_map_iter_error(iter);
	if (!err)
		*count = n;
	return err;
}

/* Elements of an array stay. */
static int put_zeros(const struct skep_map *map)
{
	size_t stride = skep_map_value_stride(map);
	uint32_t room = stride * CLEAR_ROOM <= CLEAR_BYTES ? CLEAR_ROOM : 1;
	AUTO_FREE void *zeros = calloc(room, stride);
	uint32_t indexes[CLEAR_ROOM];

	if (!zeros)
		return skep_fail(ENOMEM, "no memory to clear map '%s'", map->name);
	for (uint32_t first = 0; first < map->entries;) {
		uint32_t left = map->entries - first, n = left < room ? left : room;
		struct work w = { map, (const unsigned char *)indexes, zeros, stride, n, 0, 0 };
		int err;

		for (uint32_t i = 0; i < n; i++)
			indexes[i] = first + i;
		err = do_all(&w, true);
		if (err)
			return err;
		first += n;
	}
	return 0;
}

int skep_map_clear_raw(const struct skep_map *map)
{
	SKEP_AUTO(skep_map_iter) *iter = NULL;
	int err;

	if (map && is_array(map))
		return put_zeros(map);
	err = skep_map_iter_begin(&iter, map, SKEP_PASSAGE_CLEAR);
	if (err)
		return err;
	while (skep_map_iter_refill(iter))
		iter->left = 0;
	return skep_map_iter_error(iter);
}
