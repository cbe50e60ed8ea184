/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Reading entries of a map: by batches (5.6), where a bucket of a hash is read whole under its
 * lock and the place is a bucket, so that nothing is missed and nothing comes twice; else key by
 * key, which starts anew when the key it stands on is deleted, and is therefore bounded; or by
 * index, where the keys are known without asking.
 */
#include "iterate.h"

#include <sched.h>
#include <string.h>

#define STEPS_ALLOWED 4  /* times the map's size, where an iteration may start anew */
#define SPARE_STEPS   64 /* and some more, for small maps */
#define BUSY_ALLOWED  100

static void swap_places(struct skep_iteration *it)
{
	unsigned char *place = it->place;

	it->place = it->place_after;
	it->place_after = place;
	it->begun = true;
}

static bool is_array(const struct skep_map *map)
{
	return map->type == BPF_MAP_TYPE_ARRAY || map->type == BPF_MAP_TYPE_PERCPU_ARRAY ||
	       map->type == BPF_MAP_TYPE_ARRAY_OF_MAPS;
}

/* Batches of the kinds without buckets go from key to key too: so others can go on from there. */
static void go_without_batches(struct skep_iteration *it)
{
	it->way = is_array(it->map) ? SKEP_BY_INDEX : SKEP_BY_KEY;
}

static int count_steps(struct skep_iteration *it, uint64_t steps)
{
	it->steps += steps;
	return it->steps > STEPS_ALLOWED * (uint64_t)it->map->entries + SPARE_STEPS ? -EAGAIN : 0;
}

/* --- LPM tries: the order in which the kernel goes through them --- */

/* Of the first `bits` bits of two prefixes: as memcmp(). */
static int compare_bits(const unsigned char *a, const unsigned char *b, uint32_t bits)
{
	int order = memcmp(a, b, bits / 8);
	unsigned int mask = 0xff00u >> (bits % 8) & 0xff;

	if (order || !mask)
		return order;
	return (a[bits / 8] & mask) - (b[bits / 8] & mask);
}

/* Whether key `a` comes after `b`: below one node come its halves, and then the node itself. */
static bool comes_after(const unsigned char *a, const unsigned char *b, uint32_t key_bytes)
{
	uint32_t most = (key_bytes - 4) * 8, of_a, of_b, shorter;
	int order;

	memcpy(&of_a, a, 4);
	memcpy(&of_b, b, 4);
	if (of_a > most || of_b > most)
		return true; /* no prefix at all: not ours to judge */
	shorter = of_a < of_b ? of_a : of_b;
	order = compare_bits(a + 4, b + 4, shorter);
	return order ? order > 0 : of_a < of_b;
}

/* Leaves out what was seen before: the kernel starts anew where the last key is gone. */
static uint32_t drop_seen(struct skep_iteration *it, uint32_t count)
{
	uint32_t bytes = it->map->key_bytes, kept = 0;
	const unsigned char *last = it->begun ? it->place : NULL;

	for (uint32_t i = 0; i < count; i++) {
		unsigned char *key = it->keys + (size_t)i * bytes;

		if (last && !comes_after(key, last, bytes))
			continue;
		last = memmove(it->keys + (size_t)kept * bytes, key, bytes);
		memmove(it->values + kept * it->stride, it->values + i * it->stride, it->stride);
		kept++;
	}
	if (kept)
		memcpy(it->place_after, it->keys + (size_t)(kept - 1) * bytes, bytes);
	return kept;
}

/* --- by batches --- */

static int call_batch(struct skep_iteration *it, void *keys, void *values, uint32_t *count)
{
	struct skep_elements attr = {
		.in_place = it->begun ? skep_map_address(it->place) : 0,
		.out_place = skep_map_address(it->place_after),
		.keys = skep_map_address(keys),
		.values = skep_map_address(values),
		.count = *count,
		.fd = (uint32_t)it->map->fd,
	};
	int err = skep_map_bpf(it->passage == SKEP_PASSAGE_READ ? BPF_MAP_LOOKUP_BATCH
								: BPF_MAP_LOOKUP_AND_DELETE_BATCH,
			       &attr, sizeof(attr));

	*count = attr.count;
	return err;
}

int skep_iterate_batch(struct skep_iteration *it, void *keys, void *values, uint32_t *count)
{
	uint32_t room = *count;

	for (int busy = 0;; busy++) {
		int err = call_batch(it, keys, values, count);

		/* What was read before the kernel came upon a busy bucket counts. */
		if (skep_map_is_busy(err) && *count && *count < room)
			err = 0;
		if (skep_map_is_busy(err) && busy < BUSY_ALLOWED) {
			sched_yield();
			*count = room;
			continue;
		}
		if ((!it->begun && skep_map_has_no_batches(err)) || err == -EINTR) {
			go_without_batches(it); /* EINTR: an entry vanished, too often */
			*count = 0;
			return -EOPNOTSUPP;
		}
		if (err && err != -ENOENT) {
			*count = 0;
			return err;
		}
		it->last = err == -ENOENT;
		return 0;
	}
}

static int fill_by_batch(struct skep_iteration *it)
{
	uint32_t count = it->room;
	int err = skep_iterate_batch(it, it->keys, it->values, &count);

	if (err == -ENOSPC) /* one bucket holds more than fits */
		return it->room > UINT32_MAX / 2 ? err : skep_iterate_make_room(it, it->room * 2);
	if (err)
		return err;
	if (it->ordered) {
		uint32_t read = count;

		count = drop_seen(it, count);
		err = count_steps(it, read + 1);
		if (!count && !it->last && !err) {
			/* all seen: go on behind them, the order tells what is new */
			go_without_batches(it);
			return 0;
		}
	}
	if (count || !it->ordered)
		swap_places(it);
	it->at.left = count;
	return err;
}

/* --- by key --- */

/* The value of a key, removed too when it is taken. -ENOENT where somebody was faster. */
static int read_value(struct skep_iteration *it, const void *key)
{
	const struct skep_map *map = it->map;
	int err;

	if (it->passage == SKEP_PASSAGE_READ)
		return skep_map_element(BPF_MAP_LOOKUP_ELEM, map->fd, key, it->values, 0);
	if (it->passage == SKEP_PASSAGE_CLEAR) {
		err = skep_map_element(BPF_MAP_DELETE_ELEM, map->fd, key, NULL, 0);
		/* what a sockmap says of an empty place */
		return err == -EINVAL && map->type == BPF_MAP_TYPE_SOCKMAP ? -ENOENT : err;
	}
	err = skep_map_element(BPF_MAP_LOOKUP_AND_DELETE_ELEM, map->fd, key, it->values, 0);
	if (!skep_map_has_no_batches(err))
		return err;
	err = skep_map_element(BPF_MAP_LOOKUP_ELEM, map->fd, key, it->values, 0);
	return err ? err : skep_map_element(BPF_MAP_DELETE_ELEM, map->fd, key, NULL, 0);
}

static void hand_out(struct skep_iteration *it)
{
	memcpy(it->keys, it->place, it->map->key_bytes);
	it->at.left = 1;
}

static int fill_by_key(struct skep_iteration *it)
{
	/* What is taken is gone: so the next is always the first. */
	bool first = it->passage != SKEP_PASSAGE_READ;
	const unsigned char *from = it->begun && !first ? it->place : NULL;

	for (;;) {
		int err = skep_map_element(BPF_MAP_GET_NEXT_KEY, it->map->fd, from, it->place_after,
					   0);

		if (err == -ENOENT) {
			it->last = true;
			return 0;
		}
		if (!err)
			err = count_steps(it, 1);
		if (err)
			return err;
		if (it->ordered && it->begun && !first &&
		    !comes_after(it->place_after, it->place, it->map->key_bytes)) {
			/* It started anew: walk up to where we were. */
			memcpy(it->keys, it->place_after, it->map->key_bytes);
			from = it->keys;
			continue;
		}
		swap_places(it);
		from = first ? NULL : it->place;
		err = read_value(it, it->place);
		if (err == -ENOENT)
			continue; /* deleted meanwhile */
		if (!err)
			hand_out(it);
		return err;
	}
}

/* --- by index --- */

static int fill_by_index(struct skep_iteration *it)
{
	uint32_t index = 0;

	if (it->begun) {
		memcpy(&index, it->place, sizeof(index));
		index++;
	}
	for (;; index++) {
		int err;

		if (index >= it->map->entries) {
			it->last = true;
			return 0;
		}
		memcpy(it->place, &index, sizeof(index));
		it->begun = true;
		err = read_value(it, it->place);
		if (err == -ENOENT)
			continue; /* an empty place */
		if (!err)
			hand_out(it);
		return err;
	}
}

int skep_iterate_fill(struct skep_iteration *it)
{
	int err = it->keys ? 0 : skep_iterate_make_room(it, skep_iterate_good_room(it));

	if (err)
		return err;
	switch (it->way) {
	case SKEP_BY_BATCH:
		err = fill_by_batch(it);
		if (err == -EOPNOTSUPP && it->way != SKEP_BY_BATCH)
			return 0; /* and again, the other way */
		break;
	case SKEP_BY_KEY:
		err = fill_by_key(it);
		break;
	case SKEP_BY_INDEX:
		err = fill_by_index(it);
		break;
	}
	it->at.key = it->keys;
	it->at.value = it->values;
	return err;
}
