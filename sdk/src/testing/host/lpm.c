// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Tries of prefixes, as a sorted list: longer prefixes before those that contain them, else by
 * their bits. This is the order in which the kernel goes through its trie.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"

struct entry {
	void *key, *value;
};

struct list {
	struct entry *entries;
	size_t room;
};

static uint32_t bits_of(const void *key)
{
	uint32_t bits;

	memcpy(&bits, key, sizeof(bits));
	return bits;
}

static uint32_t bits_most(const struct skep_host_map *map)
{
	return (map->def.key_size - 4) * 8;
}

static int bit_of(const void *key, uint32_t bit)
{
	return ((const unsigned char *)key)[4 + bit / 8] >> (7 - bit % 8) & 1;
}

/* How many bits two keys have in common, at most what the shorter one has. */
static uint32_t common_bits(const void *a, const void *b)
{
	uint32_t most = bits_of(a) < bits_of(b) ? bits_of(a) : bits_of(b), bit = 0;

	while (bit < most && bit_of(a, bit) == bit_of(b, bit))
		bit++;
	return bit;
}

static int compare(const void *a, const void *b)
{
	uint32_t common = common_bits(a, b);

	if (common == bits_of(a) && common == bits_of(b))
		return 0;
	if (common == bits_of(a))
		return 1;
	if (common == bits_of(b))
		return -1;
	return bit_of(a, common) - bit_of(b, common);
}

/* Where the key is, or would be. */
static size_t place_of(const struct skep_host_map *map, const void *key, bool *exists)
{
	const struct list *list = map->state;
	size_t i = 0;
	int order = -1;

	while (i < map->count && (order = compare(list->entries[i].key, key)) < 0)
		i++;
	*exists = i < map->count && !order;
	return i;
}

static int make(struct skep_host_map *map)
{
	map->state = skep_host_alloc(sizeof(struct list));
	return 0;
}

static void drop(struct skep_host_map *map)
{
	struct list *list = map->state;

	for (size_t i = 0; i < map->count; i++) {
		free(list->entries[i].key);
		free(list->entries[i].value);
	}
	map->count = 0;
	free(list->entries);
	free(list);
	map->state = NULL;
}

/* Of those that contain the key, longer ones come first. */
static void *find(struct skep_host_map *map, const void *key, bool use)
{
	const struct list *list = map->state;

	(void)use;
	if (bits_of(key) > bits_most(map))
		return NULL;
	for (size_t i = 0; i < map->count; i++) {
		const void *entry = list->entries[i].key;

		if (bits_of(entry) <= bits_of(key) && common_bits(entry, key) == bits_of(entry))
			return list->entries[i].value;
	}
	return NULL;
}

static void insert(struct skep_host_map *map, size_t at, const void *key, const void *value)
{
	struct list *list = map->state;
	struct entry *entries;

	if (map->count == list->room) {
		entries = realloc(list->entries, (list->room + 64) * sizeof(*entries));
		if (!entries)
			skep_host_fail("no memory");
		list->entries = entries;
		list->room += 64;
	}
	memmove(&list->entries[at + 1], &list->entries[at],
		(map->count - at) * sizeof(*list->entries));
	list->entries[at].key = skep_host_alloc(map->def.key_size);
	list->entries[at].value = skep_host_alloc(map->def.value_size);
	memcpy(list->entries[at].key, key, map->def.key_size);
	memcpy(list->entries[at].value, value, map->def.value_size);
	map->count++;
}

static int update(struct skep_host_map *map, const void *key, const void *value, uint64_t flags,
		  bool all)
{
	struct list *list = map->state;
	bool exists;
	size_t at;

	(void)all;
	if (flags > BPF_EXIST || bits_of(key) > bits_most(map))
		return -EINVAL;
	at = place_of(map, key, &exists);
	if (exists && flags == BPF_NOEXIST)
		return -EEXIST;
	if (!exists && flags == BPF_EXIST)
		return -ENOENT;
	if (!exists && map->count == map->def.max_entries)
		return -ENOSPC;
	if (!exists) {
		insert(map, at, key, value);
		return 0;
	}
	/* Bits behind the prefix are the last writer's. */
	memcpy(list->entries[at].key, key, map->def.key_size);
	memcpy(list->entries[at].value, value, map->def.value_size);
	return 0;
}

static int remove_key(struct skep_host_map *map, const void *key)
{
	struct list *list = map->state;
	bool exists;
	size_t at;

	if (bits_of(key) > bits_most(map))
		return -EINVAL;
	at = place_of(map, key, &exists);
	if (!exists)
		return -ENOENT;
	skep_host_free_later(list->entries[at].key);
	skep_host_free_later(list->entries[at].value);
	map->count--;
	memmove(&list->entries[at], &list->entries[at + 1],
		(map->count - at) * sizeof(*list->entries));
	return 0;
}

static int next_key(struct skep_host_map *map, const void *key, void *next)
{
	const struct list *list = map->state;
	bool exists = false;
	size_t at = 0;

	if (key && bits_of(key) <= bits_most(map))
		at = place_of(map, key, &exists);
	at = exists ? at + 1 : 0;
	if (at >= map->count)
		return -ENOENT;
	memcpy(next, list->entries[at].key, map->def.key_size);
	return 0;
}

const struct skep_host_kind skep_host_lpm_kind = {
	.make = make,
	.drop = drop,
	.find = find,
	.update = update,
	.remove = remove_key,
	.next = next_key,
	.reads_batches = true,
	.writes_batches = true,
	.deletes_batches = true,
};
