/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Many rings as one: made, and read each in its turn. */
#include "rings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/libbpf.h>

#include "base/fail.h"
#include "base/opts.h"
#include "object/object.h"

#define RECORDS_AT_ONCE 1024 /* of one ring, before others have their turn */

bool skep_rings_declared(const struct skep_object *object, const char *name, unsigned int *count)
{
	const struct skep_map *map = skep_object_map(object, name);

	if (!map || !skep_object_shards(object, map))
		return false;
	if (count)
		*count = (unsigned int)skep_object_count_shards(map);
	return true;
}

int skep_rings_make(struct skep_rings **out, unsigned int count, bool owned)
{
	SKEP_AUTO(skep_rings) *rings = calloc(1, sizeof(*rings));

	if (!rings)
		return skep_fail(ENOMEM, "no memory for %u rings", count);
	rings->stop_fd = rings->epoll_fd = rings->outer_fd = -1;
	rings->owned = owned;
	rings->left = RECORDS_AT_ONCE;
	rings->all = calloc(count, sizeof(struct skep_ring *));
	rings->early = calloc(count, sizeof(bool));
	if (!rings->all || !rings->early)
		return skep_fail(ENOMEM, "no memory for %u rings", count);
	*out = SKEP_TAKE(rings);
	return 0;
}

/* Rings that another loader left out are made here: then nothing was written yet. */
static int open_shards(struct skep_rings **out, const struct skep_object *object,
		       const struct skep_map *map, const struct skep_ring_type *type,
		       const struct skep_ring_opts *opts)
{
	struct skep_shards *shards = skep_object_shards(object, map);
	SKEP_AUTO(skep_rings) *rings = NULL;
	int err = skep_object_make_shards(map, shards);

	if (!err)
		err = skep_rings_make(&rings, shards->count, true);
	while (!err && rings->count < shards->count) {
		const struct skep_ring_shard one = { map, rings->count, shards->fds[rings->count] };

		err = skep_ring_open_shard(&rings->all[rings->count], object, &one, type, opts);
		if (!err)
			rings->count++;
	}
	if (!err)
		*out = SKEP_TAKE(rings);
	return err;
}

static int open_single(struct skep_rings **out, const struct skep_object *object, const char *name,
		       size_t bytes, const struct skep_ring_opts *opts)
{
	SKEP_AUTO(skep_rings) *rings = NULL;
	int err = skep_rings_make(&rings, 1, true);

	if (!err)
		err = skep_ring_open_raw(&rings->all[0], object, name, bytes, opts);
	if (err)
		return err;
	rings->count = 1;
	*out = SKEP_TAKE(rings);
	return 0;
}

int skep_rings_open_raw(struct skep_rings **out, const struct skep_object *object, const char *name,
			size_t bytes, const struct skep_ring_opts *opts)
{
	struct skep_ring_type type;
	struct skep_map *map;
	int err = SKEP_OPTS_CHECK(opts);

	if (!err)
		err = skep_object_need_loaded(object);
	if (!err)
		err = skep_object_find_map(object, name, &map);
	if (err)
		return err;
	if (!skep_object_shards(object, map))
		return open_single(out, object, name, bytes, opts);
	err = skep_ring_check_type(object, name, bytes, opts, &type);
	return err ? err : open_shards(out, object, map, &type, opts);
}

/* All of them are read as records of one type. */
static int check_given(struct skep_ring *const *rings, unsigned int count)
{
	if (!rings || !count)
		return skep_fail(EINVAL, "no rings are given");
	for (unsigned int i = 0; i < count; i++) {
		if (!rings[i])
			return skep_fail_hint(skep_fail(EINVAL, "ring %u of %u is NULL", i, count),
					      "pass what skep_ring_open() gave");
		if (rings[i]->at.least != rings[0]->at.least)
			return skep_fail(EPROTOTYPE,
					 "ring '%s' has records of %llu bytes, ring '%s' of %llu",
					 rings[0]->name, (unsigned long long)rings[0]->at.least,
					 rings[i]->name, (unsigned long long)rings[i]->at.least);
		for (unsigned int j = 0; j < i; j++)
			if (rings[i] == rings[j])
				return skep_fail(EEXIST, "ring '%s' is given twice",
						 rings[i]->name);
	}
	return 0;
}

int skep_rings_of(struct skep_rings **out, struct skep_ring *const *all, unsigned int count)
{
	SKEP_AUTO(skep_rings) *rings = NULL;
	int err = check_given(all, count);

	if (!err)
		err = skep_rings_make(&rings, count, false);
	if (err)
		return err;
	memcpy(rings->all, all, count * sizeof(*all));
	rings->count = count;
	*out = SKEP_TAKE(rings);
	return 0;
}

void skep_rings_free(struct skep_rings *rings)
{
	SKEP_KEEP_ERROR;

	if (!rings)
		return;
	for (unsigned int i = 0; rings->owned && i < rings->count; i++)
		skep_ring_free(rings->all[i]);
	skep_rings_close_fds(rings);
	free(rings->all);
	free(rings->early);
	free(rings);
}

unsigned int skep_rings_count(const struct skep_rings *rings)
{
	return rings ? rings->count : 0;
}

struct skep_ring *skep_rings_ring(const struct skep_rings *rings, unsigned int index)
{
	return rings && index < rings->count ? rings->all[index] : NULL;
}

unsigned int skep_rings_current(const struct skep_rings *rings)
{
	return rings ? rings->at : 0;
}

int skep_rings_fail_taken(const struct skep_ring *ring)
{
	return skep_fail_hint(
		skep_fail(EBUSY, "ring '%s' is read by a merge or a pool", ring->name),
		"free that first: a ring has one reader");
}

static void move_on(struct skep_rings *rings)
{
	rings->at = rings->at + 1 < rings->count ? rings->at + 1 : 0;
	rings->left = RECORDS_AT_ONCE;
}

int skep_rings_take(struct skep_rings *rings, const void **record, size_t *bytes)
{
	if (!rings->left)
		move_on(rings);
	for (unsigned int i = 0; i < rings->count; i++, move_on(rings)) {
		int err;

		if (rings->early[rings->at])
			continue;
		err = skep_ring_take(rings->all[rings->at], record, bytes);
		if (err == -EAGAIN)
			continue;
		rings->left--;
		return err;
	}
	return -EAGAIN;
}

/* As skep_rings_next_raw(), but what is no failure of the rings has no words. */
static int next(struct skep_rings *rings, const void **record, size_t *bytes, int timeout_ms)
{
	struct skep_ring_patience patience = { .timeout_ms = timeout_ms };
	int err;

	if (!rings)
		return skep_ring_fail_none();
	do {
		err = skep_rings_take(rings, record, bytes);
		if (err != -EAGAIN)
			return err;
		err = skep_rings_await(rings, &patience);
	} while (!err);
	return err;
}

int skep_rings_next_raw(struct skep_rings *rings, const void **record, size_t *bytes,
			int timeout_ms)
{
	return skep_rings_tell_none(rings, next(rings, record, bytes, timeout_ms));
}

/* Called where the inlined path came to its end: then it is another ring's turn. */
const void *skep_rings_each_raw(struct skep_rings *rings, size_t *bytes, int timeout_ms, int *err)
{
	const void *record = NULL;

	if (rings)
		rings->left = 0;
	*err = next(rings, &record, bytes, timeout_ms);
	if (*err == -EAGAIN || *err == -ETIMEDOUT || *err == -ECANCELED)
		*err = 0; /* the end of a loop is not a failure */
	return record;
}

void skep_ring_stats_add(struct skep_ring_stats *all, const struct skep_ring *ring)
{
	struct skep_ring_stats one;

	skep_ring_stats(ring, &one);
	all->consumed += one.consumed;
	all->bad += one.bad;
	all->dropped += one.dropped;
	all->discarded += one.discarded;
	all->pending_bytes += one.pending_bytes;
	all->size_bytes += one.size_bytes;
	all->counted |= one.counted;
	all->pending += one.pending;
	all->skipped += one.skipped;
	all->wakeups += one.wakeups;
	all->naps += one.naps;
	all->misses += one.misses;
	all->misses_known |= one.misses_known;
	if (one.most_bytes > all->most_bytes)
		all->most_bytes = one.most_bytes;
	if (one.oldest_ns > all->oldest_ns)
		all->oldest_ns = one.oldest_ns;
}

void skep_ring_stats_give(const struct skep_ring_stats *all, struct skep_ring_stats *stats,
			  size_t sz)
{
	if (sz > sizeof(*all)) {
		memset((char *)stats + sizeof(*all), 0, sz - sizeof(*all));
		sz = sizeof(*all);
	}
	memcpy(stats, all, sz);
}

void skep_rings_stats_raw(const struct skep_rings *rings, struct skep_ring_stats *stats, size_t sz)
{
	struct skep_ring_stats all = { 0 };

	for (unsigned int i = 0; i < skep_rings_count(rings); i++)
		skep_ring_stats_add(&all, rings->all[i]);
	skep_ring_stats_give(&all, stats, sz);
}

uint64_t skep_rings_advice(const struct skep_rings *rings)
{
	uint64_t most = 0;

	for (unsigned int i = 0; i < skep_rings_count(rings); i++) {
		uint64_t one = skep_ring_advice(rings->all[i]);

		most = one > most ? one : most;
	}
	return most;
}

void skep_rings_on_loss(struct skep_rings *rings, skep_loss_fn fn, void *ctx)
{
	for (unsigned int i = 0; i < skep_rings_count(rings); i++)
		skep_ring_on_loss(rings->all[i], fn, ctx);
}
