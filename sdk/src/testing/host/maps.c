// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* The maps there are, by name, by their declaration in the program, and by themselves. */
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"

#define KEY_MOST   4096
#define VALUE_MOST (1U << 24)
#define BYTES_MOST (1ULL << 31) /* of an array: what a test can mean */

#define SKEP_HOST_CGRP_STORAGE 32 /* newer than some headers */
#define STORAGES_MOST          65536

static struct skep_host_map *maps;

static const struct skep_host_kind *kind_of(uint32_t type)
{
	switch (type) {
	case BPF_MAP_TYPE_HASH:
	case BPF_MAP_TYPE_LRU_HASH:
	case BPF_MAP_TYPE_PERCPU_HASH:
	case BPF_MAP_TYPE_LRU_PERCPU_HASH:
	/* Of what has storage, the address is the key. */
	case BPF_MAP_TYPE_SK_STORAGE:
	case BPF_MAP_TYPE_INODE_STORAGE:
	case BPF_MAP_TYPE_TASK_STORAGE:
	case SKEP_HOST_CGRP_STORAGE:
		return &skep_host_hash_kind;
	case BPF_MAP_TYPE_ARRAY:
	case BPF_MAP_TYPE_PERCPU_ARRAY:
		return &skep_host_array_kind;
	case BPF_MAP_TYPE_LPM_TRIE:
		return &skep_host_lpm_kind;
	case BPF_MAP_TYPE_QUEUE:
	case BPF_MAP_TYPE_STACK:
		return &skep_host_queue_kind;
	case BPF_MAP_TYPE_RINGBUF:
	case BPF_MAP_TYPE_PERF_EVENT_ARRAY:
		return &skep_host_ring_kind;
	case BPF_MAP_TYPE_PROG_ARRAY:
		return &skep_host_slots_kind;
	case BPF_MAP_TYPE_ARRAY_OF_MAPS:
	case BPF_MAP_TYPE_HASH_OF_MAPS:
		return &skep_host_nested_kind;
	default:
		return NULL;
	}
}

static bool is_storage(uint32_t type)
{
	return kind_of(type) == &skep_host_hash_kind &&
	       (type == BPF_MAP_TYPE_SK_STORAGE || type > BPF_MAP_TYPE_DEVMAP_HASH);
}

/* What is wrong with a definition; NULL: nothing. Sizes as the kernel takes them. */
static const char *problem_of(const struct skep_host_map_def *def)
{
	bool keyless = def->type == BPF_MAP_TYPE_QUEUE || def->type == BPF_MAP_TYPE_STACK;
	uint64_t bytes = (uint64_t)def->value_size * def->max_entries;

	if (def->type == BPF_MAP_TYPE_PERF_EVENT_ARRAY || is_storage(def->type))
		return NULL;
	if (def->type == BPF_MAP_TYPE_RINGBUF)
		return def->max_entries < 4096 || def->max_entries & (def->max_entries - 1)
			       ? "the bytes of a ring are a power of two of at least 4096"
			       : NULL;
	if (!def->max_entries)
		return "it has no entries: set .max_entries";
	if (keyless ? def->key_size != 0 : !def->key_size || def->key_size > KEY_MOST)
		return keyless ? "queues and stacks have no keys: .key_size is 0"
			       : "its key_size is 1 to 4096 bytes";
	if (!def->value_size || def->value_size > VALUE_MOST || bytes > BYTES_MOST)
		return "its value_size is 1 byte to 16 MiB, and all of them 2 GiB";
	if (def->type == BPF_MAP_TYPE_LPM_TRIE && (def->key_size < 5 || def->key_size > 260))
		return "a key of an LPM trie is a 32-bit prefix length and 1 to 256 bytes";
	if ((def->type == BPF_MAP_TYPE_ARRAY || def->type == BPF_MAP_TYPE_PERCPU_ARRAY) &&
	    def->key_size != 4)
		return "the key of an array is 4 bytes";
	return NULL;
}

struct skep_host_map *skep_host_map_add(const char *name, const struct skep_host_map_def *def)
{
	struct skep_host_map *map = skep_host_alloc(sizeof(*map));

	snprintf(map->name, sizeof(map->name), "%s", name);
	map->def = *def;
	map->kind = kind_of(def->type);
	if (is_storage(def->type)) {
		map->def.key_size = sizeof(void *);
		map->def.max_entries = STORAGES_MOST;
	}
	map->declared = map->def.max_entries;
	map->next = maps;
	maps = map;
	return map;
}

int skep_host_map_new(struct skep_host_map **out, const char *name,
		      const struct skep_host_map_def *def)
{
	const char *problem = def ? problem_of(def) : "no definition";
	struct skep_host_map *map;
	uint32_t slots = sizeof(void *);

	skep_host_objects_ready();
	if (!problem && !kind_of(def->type))
		return skep_error_set(EOPNOTSUPP, "test it in the kernel: skep_test_run()",
				      "map '%s': maps of type %u are not there on the host", name,
				      def->type);
	if (problem)
		return skep_error_set(EINVAL, NULL, "map '%s': %s", name, problem);
	map = skep_host_map_add(name, def);
	if (map->kind == &skep_host_nested_kind || map->kind == &skep_host_slots_kind)
		map->def.value_size = slots;
	map->kind->make(map);
	*out = map;
	return 0;
}

void skep_host_map_free(struct skep_host_map *map)
{
	struct skep_host_map **place = &maps;

	if (!map)
		return;
	while (*place && *place != map)
		place = &(*place)->next;
	if (!*place || map->address)
		skep_host_fail("skep_host_map_free(): not a map of skep_host_map_new()");
	*place = map->next;
	map->kind->drop(map);
	free(map);
}

struct skep_host_map *skep_host_map_at(const void *address)
{
	struct skep_host_map *map = maps;

	while (map && map->address != address && map != address)
		map = map->next;
	return map;
}

struct skep_host_map *skep_host_map_of(const void *pointer, const char *helper)
{
	struct skep_host_map *map = pointer ? skep_host_map_at(pointer) : NULL;

	if (!map)
		skep_host_fail("%s() is given %p, which is no map", helper, pointer);
	if (!map->kind)
		skep_host_fail("%s() on map '%s': maps of type %u are not there on the host; test "
			       "it in the kernel",
			       helper, map->name, map->def.type);
	return map;
}

struct skep_host_map *skep_host_map(const char *name)
{
	char known[512] = "";
	size_t used = 0;

	skep_host_objects_ready();
	if (!name)
		skep_host_fail("skep_host_map(): the name is NULL");
	for (struct skep_host_map *map = maps; map; map = map->next) {
		if (!strcmp(map->name, name)) {
			if (map->kind)
				return map;
			skep_host_fail("map '%s' is of type %u, which is not there on the host",
				       name, map->def.type);
		}
		if (used < sizeof(known) - 1)
			used += (size_t)snprintf(known + used, sizeof(known) - used, "%s%s",
						 used ? ", " : "", map->name);
	}
	skep_host_fail("no map '%s'; there are: %s", name, *known ? known : "none");
}

/* What the declaration says: programs or maps, by index. Behind them may be a sanitizer's room. */
__attribute__((no_sanitize("address"))) static void put_values(struct skep_host_map *map)
{
	void *const *values = (void *const *)((const char *)map->address + map->values_at);

	for (uint32_t i = 0; map->address && map->values_at && i < map->values_count; i++) {
		void *value = values[i];

		if (!value)
			continue;
		if (map->kind == &skep_host_nested_kind)
			value = skep_host_map_at(value);
		if (i < map->def.max_entries)
			map->kind->update(map, &i, &value, BPF_ANY, true);
	}
}

void skep_host_set_entries(const char *name, uint32_t entries)
{
	struct skep_host_map *map = skep_host_map(name);
	struct skep_host_map_def def = map->def;

	def.max_entries = entries;
	if (problem_of(&def))
		skep_host_fail("skep_host_set_entries(\"%s\", %u): %s", name, entries,
			       problem_of(&def));
	map->kind->drop(map);
	map->def.max_entries = entries;
	map->kind->make(map);
	put_values(map);
}

/* Values of another size need other memory: empties the map. */
void skep_host_entries_reset(void)
{
	for (struct skep_host_map *map = maps; map; map = map->next) {
		if (!map->kind || map->def.max_entries == map->declared)
			continue;
		map->kind->drop(map);
		map->def.max_entries = map->declared;
		map->kind->make(map);
	}
}

void skep_host_maps_clear(void)
{
	for (struct skep_host_map *map = maps; map; map = map->next) {
		if (!map->kind)
			continue;
		map->full = false;
		if (map->state)
			map->kind->drop(map);
		map->kind->make(map);
	}
	for (struct skep_host_map *map = maps; map; map = map->next)
		if (map->kind && map->address)
			put_values(map);
}
