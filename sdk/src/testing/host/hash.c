// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Hashes: plain, with a value for each CPU, and those that forget (LRU). */
#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"

#define BUCKETS_MOST 65536

/* Key and value are memory of their own, so that AddressSanitizer sees who writes beyond them. */
struct element {
	struct element *next;
	void *key, *value;
	struct skep_host_lru_node *node;
};

struct hash {
	struct element **buckets;
	size_t bucket_count;
	struct skep_host_lru *lru;
};

static bool is_lru(const struct skep_host_map *map)
{
	return map->def.type == BPF_MAP_TYPE_LRU_HASH ||
	       map->def.type == BPF_MAP_TYPE_LRU_PERCPU_HASH;
}

static size_t bucket_of(const struct skep_host_map *map, const void *key)
{
	const struct hash *hash = map->state;
	const unsigned char *bytes = key;
	uint64_t sum = 0xcbf29ce484222325;

	for (size_t i = 0; i < map->def.key_size; i++)
		sum = (sum ^ bytes[i]) * 0x100000001b3;
	return (sum ^ sum >> 32) & (hash->bucket_count - 1);
}

static struct element **place_of(const struct skep_host_map *map, const void *key)
{
	struct hash *hash = map->state;
	struct element **place = &hash->buckets[bucket_of(map, key)];

	while (*place && memcmp((*place)->key, key, map->def.key_size))
		place = &(*place)->next;
	return place;
}

static void free_element(struct element *e)
{
	skep_host_free_later(e->key);
	skep_host_free_later(e->value);
	free(e);
}

static void drop_element(struct skep_host_map *map, struct element **place)
{
	struct element *e = *place;

	*place = e->next;
	map->count--;
	free_element(e);
}

static void evict(void *ctx, void *element)
{
	struct skep_host_map *map = ctx;
	struct element *e = element;

	drop_element(map, place_of(map, e->key));
}

static int make(struct skep_host_map *map)
{
	struct hash *hash = skep_host_alloc(sizeof(*hash));

	hash->bucket_count = 1;
	while (hash->bucket_count < map->def.max_entries && hash->bucket_count < BUCKETS_MOST)
		hash->bucket_count *= 2;
	hash->buckets = skep_host_alloc(hash->bucket_count * sizeof(struct element *));
	if (is_lru(map))
		hash->lru = skep_host_lru_new(map->def.max_entries,
					      map->def.flags & BPF_F_NO_COMMON_LRU, evict, map);
	map->state = hash;
	return 0;
}

static void drop(struct skep_host_map *map)
{
	struct hash *hash = map->state;

	for (size_t i = 0; i < hash->bucket_count; i++)
		while (hash->buckets[i])
			drop_element(map, &hash->buckets[i]);
	skep_host_lru_free(hash->lru);
	free(hash->buckets);
	free(hash);
	map->state = NULL;
}

static void *find(struct skep_host_map *map, const void *key, bool use)
{
	struct element *e = *place_of(map, key);

	if (!e)
		return NULL;
	if (use && e->node)
		e->node->used = true;
	return e->value;
}

static struct element *add_element(struct skep_host_map *map, const void *key)
{
	struct hash *hash = map->state;
	struct element *e = skep_host_alloc(sizeof(*e)), **bucket;

	e->key = skep_host_alloc(map->def.key_size);
	e->value = skep_host_alloc(skep_host_value_bytes(map));
	memcpy(e->key, key, map->def.key_size);
	bucket = &hash->buckets[bucket_of(map, key)];
	e->next = *bucket;
	*bucket = e;
	map->count++;
	return e;
}

static int check_exists(bool exists, uint64_t flags)
{
	if (exists && (flags & BPF_NOEXIST))
		return -EEXIST;
	return !exists && (flags & BPF_EXIST) ? -ENOENT : 0;
}

/*
 * The kernel takes the new entry's place first and looks for an older one afterwards: taking may
 * forget that very one. Values of each CPU are written in place.
 */
static int update_lru(struct skep_host_map *map, const void *key, const void *value, uint64_t flags,
		      bool all)
{
	struct hash *hash = map->state;
	struct skep_host_lru_node *node = NULL;
	struct element *e;
	int err;

	if (!skep_host_is_percpu(map) || flags != BPF_EXIST) {
		node = skep_host_lru_take(hash->lru);
		if (!node)
			return -ENOMEM;
	}
	e = *place_of(map, key);
	err = check_exists(e != NULL, flags);
	if (err) {
		if (node)
			skep_host_lru_give(hash->lru, node);
		return err;
	}
	if (e && skep_host_is_percpu(map)) {
		e->node->used = true;
		if (node)
			skep_host_lru_give(hash->lru, node);
	} else if (e) {
		node->used = true;
		node->element = e;
		skep_host_lru_give(hash->lru, e->node);
		e->node = node;
	} else {
		e = add_element(map, key);
		e->node = node;
		node->element = e;
		skep_host_value_write(map, e->value, value, all, true);
		return 0;
	}
	skep_host_value_write(map, e->value, value, all, false);
	return 0;
}

static int update(struct skep_host_map *map, const void *key, const void *value, uint64_t flags,
		  bool all)
{
	struct element *e;
	int err = skep_host_flags_check(map, flags);

	if (err)
		return err;
	if (is_lru(map))
		return update_lru(map, key, value, flags & ~(uint64_t)BPF_F_LOCK, all);
	e = *place_of(map, key);
	err = check_exists(e != NULL, flags);
	if (err)
		return err;
	if (e) {
		skep_host_value_write(map, e->value, value, all, false);
		return 0;
	}
	if (map->count >= map->def.max_entries)
		return -E2BIG;
	e = add_element(map, key);
	skep_host_value_write(map, e->value, value, all, true);
	return 0;
}

static int remove_key(struct skep_host_map *map, const void *key)
{
	struct hash *hash = map->state;
	struct element **place = place_of(map, key);

	if (!*place)
		return -ENOENT;
	if ((*place)->node)
		skep_host_lru_give(hash->lru, (*place)->node);
	drop_element(map, place);
	return 0;
}

static int next_key(struct skep_host_map *map, const void *key, void *next)
{
	struct hash *hash = map->state;
	struct element *e = key ? *place_of(map, key) : NULL;
	size_t bucket = e ? bucket_of(map, key) + 1 : 0;

	e = e ? e->next : NULL;
	for (; !e && bucket < hash->bucket_count; bucket++)
		e = hash->buckets[bucket];
	if (!e)
		return -ENOENT;
	memcpy(next, e->key, map->def.key_size);
	return 0;
}

size_t skep_host_hash_buckets(const struct skep_host_map *map)
{
	return ((const struct hash *)map->state)->bucket_count;
}

size_t skep_host_hash_bucket_count(const struct skep_host_map *map, size_t bucket)
{
	const struct hash *hash = map->state;
	size_t count = 0;

	for (const struct element *e = hash->buckets[bucket]; e; e = e->next)
		count++;
	return count;
}

void skep_host_hash_bucket_copy(struct skep_host_map *map, size_t bucket, void *keys, void *values)
{
	const struct hash *hash = map->state;
	size_t bytes = skep_host_value_bytes(map);
	char *key = keys, *value = values;

	for (const struct element *e = hash->buckets[bucket]; e; e = e->next) {
		memcpy(key, e->key, map->def.key_size);
		memcpy(value, e->value, bytes);
		key += map->def.key_size;
		value += bytes;
	}
}

void skep_host_hash_bucket_drop(struct skep_host_map *map, size_t bucket)
{
	struct hash *hash = map->state;

	while (hash->buckets[bucket])
		remove_key(map, hash->buckets[bucket]->key);
}

const struct skep_host_kind skep_host_hash_kind = {
	.make = make,
	.drop = drop,
	.find = find,
	.update = update,
	.remove = remove_key,
	.next = next_key,
	.reads_batches = true,
	.writes_batches = true,
	.deletes_batches = true,
	.by_bucket = true,
};
