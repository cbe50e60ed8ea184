// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Maps whose values are other things: programs for tail calls, and inner maps. */
#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"

static bool is_hash(const struct skep_host_map *map)
{
	return map->def.type == BPF_MAP_TYPE_HASH_OF_MAPS;
}

/* A hash of pointers underneath; the array is a plain one. */
static int make(struct skep_host_map *map)
{
	map->def.value_size = sizeof(void *);
	return is_hash(map) ? skep_host_hash_kind.make(map) : skep_host_array_kind.make(map);
}

static void drop(struct skep_host_map *map)
{
	if (is_hash(map))
		skep_host_hash_kind.drop(map);
	else
		skep_host_array_kind.drop(map);
}

/* What a program gets is the inner map itself. */
static void *find(struct skep_host_map *map, const void *key, bool use)
{
	const struct skep_host_kind *kind =
		is_hash(map) ? &skep_host_hash_kind : &skep_host_array_kind;
	void **slot = kind->find(map, key, use);

	return slot ? *slot : NULL;
}

static bool is_alike(const struct skep_host_map *map, const struct skep_host_map *inner)
{
	const struct skep_host_map_def *a = map->inner ? &map->inner->def : NULL, *b = &inner->def;

	return !a ||
	       (a->type == b->type && a->key_size == b->key_size && a->value_size == b->value_size);
}

static int update(struct skep_host_map *map, const void *key, const void *value, uint64_t flags,
		  bool all)
{
	struct skep_host_map *inner;

	memcpy(&inner, value, sizeof(inner));
	if (!inner)
		return -EBADF;
	if (!is_alike(map, inner))
		return -EINVAL;
	return is_hash(map) ? skep_host_hash_kind.update(map, key, value, flags, all)
			    : skep_host_array_kind.update(map, key, value, flags, all);
}

static int remove_key(struct skep_host_map *map, const void *key)
{
	void **slot;

	if (is_hash(map))
		return skep_host_hash_kind.remove(map, key);
	slot = skep_host_array_kind.find(map, key, false);
	if (!slot)
		return -E2BIG;
	if (!*slot)
		return -ENOENT;
	*slot = NULL;
	return 0;
}

static int next_key(struct skep_host_map *map, const void *key, void *next)
{
	return is_hash(map) ? skep_host_hash_kind.next(map, key, next)
			    : skep_host_array_kind.next(map, key, next);
}

const struct skep_host_kind skep_host_nested_kind = {
	.make = make,
	.drop = drop,
	.find = find,
	.update = update,
	.remove = remove_key,
	.next = next_key,
};

/* Arrays of programs: a program cannot read or write them, and tail calls look at the slot. */
static int make_slots(struct skep_host_map *map)
{
	map->def.value_size = sizeof(void *);
	return skep_host_array_kind.make(map);
}

void *skep_host_slot(struct skep_host_map *map, uint32_t index)
{
	void **slot = skep_host_array_kind.find(map, &index, false);

	return slot ? *slot : NULL;
}

static int update_slot(struct skep_host_map *map, const void *key, const void *value,
		       uint64_t flags, bool all)
{
	if (flags != BPF_ANY)
		return -EINVAL;
	return skep_host_array_kind.update(map, key, value, flags, all);
}

static void drop_slots(struct skep_host_map *map)
{
	skep_host_array_kind.drop(map);
}

const struct skep_host_kind skep_host_slots_kind = {
	.make = make_slots,
	.drop = drop_slots,
	.update = update_slot,
	.remove = remove_key,
	.next = next_key,
};
