// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Arrays, also with a value for each CPU. */
#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"

#define GAP         16    /* bytes between values that nobody may touch */
#define MARKED_MOST 65536 /* values: of larger arrays marking would take longer than tests */

/* Memory that programs map as it is has no gaps. */
static bool has_gaps(const struct skep_host_map *map)
{
	return map->def.max_entries <= MARKED_MOST && !(map->def.flags & BPF_F_MMAPABLE);
}

static size_t stride(const struct skep_host_map *map)
{
	return skep_host_round(skep_host_value_bytes(map)) + (has_gaps(map) ? GAP : 0);
}

static int make(struct skep_host_map *map)
{
	size_t bytes = skep_host_value_bytes(map), step = stride(map);
	char *at;

	map->state = skep_host_alloc((size_t)map->def.max_entries * step);
	map->count = map->def.max_entries;
	at = map->state;
	for (uint32_t i = 0; i < map->def.max_entries && has_gaps(map); i++, at += step)
		skep_host_poison(at + bytes, step - bytes);
	return 0;
}

static void drop(struct skep_host_map *map)
{
	skep_host_unpoison(map->state, (size_t)map->def.max_entries * stride(map));
	free(map->state);
	map->state = NULL;
}

static uint32_t index_of(const void *key)
{
	uint32_t index;

	memcpy(&index, key, sizeof(index));
	return index;
}

static void *find(struct skep_host_map *map, const void *key, bool use)
{
	uint32_t index = index_of(key);

	(void)use;
	return index < map->def.max_entries ? (char *)map->state + index * stride(map) : NULL;
}

static int update(struct skep_host_map *map, const void *key, const void *value, uint64_t flags,
		  bool all)
{
	int err = (flags & ~(uint64_t)BPF_F_LOCK) > BPF_EXIST ? -EINVAL : 0;
	void *to = find(map, key, false);

	if (err)
		return err;
	if (!to)
		return -E2BIG;
	if (flags & BPF_NOEXIST)
		return -EEXIST;
	if ((flags & BPF_F_LOCK) && !map->has_lock)
		return -EINVAL;
	skep_host_value_write(map, to, value, all, false);
	return 0;
}

static int remove_key(struct skep_host_map *map, const void *key)
{
	(void)map;
	(void)key;
	return -EINVAL;
}

static int next_key(struct skep_host_map *map, const void *key, void *next)
{
	uint32_t index = key ? index_of(key) : UINT32_MAX;

	if (index == map->def.max_entries - 1)
		return -ENOENT;
	index = index >= map->def.max_entries ? 0 : index + 1;
	memcpy(next, &index, sizeof(index));
	return 0;
}

const struct skep_host_kind skep_host_array_kind = {
	.make = make,
	.drop = drop,
	.find = find,
	.update = update,
	.remove = remove_key,
	.next = next_key,
	.reads_batches = true,
	.writes_batches = true,
};
