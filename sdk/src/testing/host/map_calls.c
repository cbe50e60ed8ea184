// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Maps as user space sees them: what the commands of bpf() do, with their errnos. */
#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"

static int fail_quick(int err, const struct skep_host_map *map, const char *what)
{
	static const struct {
		int err;
		const char *words;
	} words[] = {
		{ ENOENT, "there is no such key" },
		{ EEXIST, "the key is there already" },
		{ E2BIG, "it is full, or has no such index" },
		{ ENOSPC, "it is full, or a bucket does not fit" },
		{ EINVAL, "flags or key that this kind of map does not take" },
		{ EOPNOTSUPP, "this kind of map has no such operation" },
	};
	const char *why = "no memory";

	if (!err)
		return 0;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (words[i].err == -err)
			why = words[i].words;
	return skep_error_set(-err, NULL, "%s in map '%s': %s", what, map->name, why);
}

static void need(const struct skep_host_map *map, const char *what)
{
	if (!map)
		skep_host_fail("%s: the map is NULL", what);
}

static int check_lock(const struct skep_host_map *map, uint64_t flags)
{
	if (flags & ~(uint64_t)BPF_F_LOCK)
		return -EINVAL;
	return (flags & BPF_F_LOCK) && !map->has_lock ? -EINVAL : 0;
}

/* Without the lock's own state, which the kernel does not show. */
static void copy_out(const struct skep_host_map *map, void *to, const void *from)
{
	memcpy(to, from, skep_host_value_bytes(map));
	if (map->has_lock)
		memset((char *)to + map->lock_at, 0, sizeof(uint32_t));
}

static int lookup(struct skep_host_map *map, const void *key, void *value, uint64_t flags)
{
	const void *found;
	int err = check_lock(map, flags);

	if (err)
		return err;
	if (map->kind->take)
		return map->kind->take(map, value, false);
	if (!map->kind->find)
		return -EOPNOTSUPP;
	found = map->kind->find(map, key, false);
	if (!found)
		return -ENOENT;
	if (map->kind == &skep_host_nested_kind)
		memcpy(value, &found, sizeof(found));
	else
		copy_out(map, value, found);
	return 0;
}

int skep_host_map_lookup(struct skep_host_map *map, const void *key, void *value, uint64_t flags)
{
	need(map, "lookup");
	return fail_quick(lookup(map, key, value, flags), map, "lookup");
}

static int update(struct skep_host_map *map, const void *key, const void *value, uint64_t flags)
{
	if ((flags & BPF_F_LOCK) && !map->has_lock)
		return -EINVAL;
	if (map->kind->push)
		return map->kind->push(map, value, flags);
	if (!map->kind->update)
		return -EOPNOTSUPP;
	return map->kind->update(map, key, value, flags, true);
}

int skep_host_map_update(struct skep_host_map *map, const void *key, const void *value,
			 uint64_t flags)
{
	need(map, "update");
	return fail_quick(update(map, key, value, flags), map, "update");
}

static int delete_key(struct skep_host_map *map, const void *key)
{
	if (map->kind->take)
		return -EINVAL;
	return map->kind->remove ? map->kind->remove(map, key) : -EOPNOTSUPP;
}

int skep_host_map_delete(struct skep_host_map *map, const void *key)
{
	need(map, "delete");
	return fail_quick(delete_key(map, key), map, "delete");
}

int skep_host_map_next_key(struct skep_host_map *map, const void *key, void *next)
{
	int err = -EOPNOTSUPP;

	need(map, "next key");
	if (map->kind->take)
		err = -EINVAL;
	if (map->kind->next)
		err = map->kind->next(map, key, next);
	return fail_quick(err, map, "next key");
}

static int lookup_and_delete(struct skep_host_map *map, const void *key, void *value,
			     uint64_t flags)
{
	int err = check_lock(map, flags);

	if (err)
		return err;
	if (map->kind->take)
		return flags ? -EINVAL : map->kind->take(map, value, true);
	if (map->kind != &skep_host_hash_kind)
		return -EOPNOTSUPP;
	err = lookup(map, key, value, flags);
	return err ? err : delete_key(map, key);
}

int skep_host_map_lookup_and_delete(struct skep_host_map *map, const void *key, void *value,
				    uint64_t flags)
{
	need(map, "lookup and delete");
	return fail_quick(lookup_and_delete(map, key, value, flags), map, "lookup and delete");
}

size_t skep_host_map_count(const struct skep_host_map *map)
{
	need(map, "count");
	return map->count;
}

size_t skep_host_map_value_bytes(const struct skep_host_map *map)
{
	need(map, "bytes of a value");
	return skep_host_value_bytes(map);
}

/* Entries one after the other, from the key behind `in` on. */
static int read_keys(struct skep_host_map *map, const void *in, void *out, char *keys, char *values,
		     uint32_t *count)
{
	size_t key_size = map->def.key_size, value_size = skep_host_value_bytes(map);
	const void *before = in;
	uint32_t most = *count, n = 0;
	int err = 0;

	while (n < most) {
		err = map->kind->next(map, before, keys + n * key_size);
		if (err)
			break;
		before = keys + n * key_size;
		copy_out(map, values + n * value_size, map->kind->find(map, before, false));
		n++;
	}
	*count = n;
	if (n)
		memcpy(out, before, key_size);
	return err;
}

/* Whole buckets; the place is the number of the next one. */
static int read_buckets(struct skep_host_map *map, const void *in, void *out, char *keys,
			char *values, uint32_t *count, bool remove)
{
	size_t buckets = skep_host_hash_buckets(map), value_size = skep_host_value_bytes(map);
	uint32_t most = *count, at = 0, n = 0;
	int err = 0;

	if (in)
		memcpy(&at, in, sizeof(at));
	*count = 0;
	if (at >= buckets)
		return -ENOENT;
	for (; at < buckets; at++) {
		size_t here = skep_host_hash_bucket_count(map, at);

		if (here > most - n) {
			err = n ? 0 : -ENOSPC;
			break;
		}
		skep_host_hash_bucket_copy(map, at, keys + (size_t)n * map->def.key_size,
					   values + n * value_size);
		if (remove)
			skep_host_hash_bucket_drop(map, at);
		n += (uint32_t)here;
	}
	if (!err && at == buckets)
		err = -ENOENT;
	memcpy(out, &at, sizeof(at));
	*count = n;
	return err;
}

static int read_batch(struct skep_host_map *map, const void *in, void *out, void *keys,
		      void *values, uint32_t *count, uint64_t flags, bool remove)
{
	int err;

	need(map, "batch");
	if (!map->kind->reads_batches || (remove && !map->kind->by_bucket))
		return -EOPNOTSUPP;
	err = check_lock(map, flags);
	if (err || !*count)
		return err;
	return map->kind->by_bucket ? read_buckets(map, in, out, keys, values, count, remove)
				    : read_keys(map, in, out, keys, values, count);
}

int skep_host_map_lookup_batch(struct skep_host_map *map, const void *in, void *out, void *keys,
			       void *values, uint32_t *count, uint64_t flags)
{
	return fail_quick(read_batch(map, in, out, keys, values, count, flags, false), map,
			  "lookup of a batch");
}

int skep_host_map_lookup_and_delete_batch(struct skep_host_map *map, const void *in, void *out,
					  void *keys, void *values, uint32_t *count, uint64_t flags)
{
	return fail_quick(read_batch(map, in, out, keys, values, count, flags, true), map,
			  "lookup and delete of a batch");
}

int skep_host_map_update_batch(struct skep_host_map *map, const void *keys, const void *values,
			       uint32_t *count, uint64_t flags)
{
	size_t value_size = skep_host_map_value_bytes(map);
	uint32_t most = *count, n = 0;
	int err = map->kind->writes_batches ? check_lock(map, flags) : -EOPNOTSUPP;

	if (err || !most)
		return fail_quick(err, map, "update of a batch");
	while (n < most && !err) {
		err = update(map, (const char *)keys + (size_t)n * map->def.key_size,
			     (const char *)values + n * value_size, flags);
		if (!err)
			n++;
	}
	*count = n;
	return fail_quick(err, map, "update of a batch");
}

int skep_host_map_delete_batch(struct skep_host_map *map, const void *keys, uint32_t *count,
			       uint64_t flags)
{
	uint32_t most = *count, n = 0;
	int err;

	need(map, "batch");
	err = map->kind->deletes_batches ? check_lock(map, flags) : -EOPNOTSUPP;
	if (err || !most)
		return fail_quick(err, map, "delete of a batch");
	while (n < most && !err) {
		err = delete_key(map, (const char *)keys + (size_t)n * map->def.key_size);
		if (!err)
			n++;
	}
	*count = n;
	return fail_quick(err, map, "delete of a batch");
}

static void check_sizes(const struct skep_host_map *map, size_t key_bytes, size_t value_bytes)
{
	if (key_bytes != map->def.key_size)
		skep_host_fail("map '%s' has keys of %u bytes, and the test gives %zu", map->name,
			       map->def.key_size, key_bytes);
	if (value_bytes != map->def.value_size)
		skep_host_fail("map '%s' has values of %u bytes, and the test gives %zu", map->name,
			       map->def.value_size, value_bytes);
}

int skep_host_get_raw(const char *name, const void *key, size_t key_bytes, void *value,
		      size_t value_bytes)
{
	struct skep_host_map *map = skep_host_map(name);
	void *found;

	check_sizes(map, key_bytes, value_bytes);
	if (!skep_host_is_percpu(map))
		return skep_host_map_lookup(map, key, value, 0);
	found = map->kind->find(map, key, false);
	if (!found)
		return fail_quick(-ENOENT, map, "lookup");
	memcpy(value, skep_host_value_here(map, found), map->def.value_size);
	return 0;
}

int skep_host_put_raw(const char *name, const void *key, size_t key_bytes, const void *value,
		      size_t value_bytes)
{
	struct skep_host_map *map = skep_host_map(name);

	check_sizes(map, key_bytes, value_bytes);
	if (!map->kind->update)
		return fail_quick(-EOPNOTSUPP, map, "update");
	return fail_quick(map->kind->update(map, key, value, BPF_ANY, !skep_host_is_percpu(map)),
			  map, "update");
}
