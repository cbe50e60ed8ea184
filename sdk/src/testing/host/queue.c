// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Queues and stacks: values without keys. */
#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"

/* A ring of values; the oldest is at `first`. */
struct queue {
	unsigned char *values;
	size_t first;
};

static int make(struct skep_host_map *map)
{
	struct queue *queue = skep_host_alloc(sizeof(*queue));

	queue->values = skep_host_alloc((size_t)map->def.max_entries * map->def.value_size);
	map->state = queue;
	return 0;
}

static void drop(struct skep_host_map *map)
{
	struct queue *queue = map->state;

	free(queue->values);
	free(queue);
	map->state = NULL;
	map->count = 0;
}

static unsigned char *value_at(const struct skep_host_map *map, size_t n)
{
	const struct queue *queue = map->state;

	return queue->values + (queue->first + n) % map->def.max_entries * map->def.value_size;
}

static void drop_oldest(struct skep_host_map *map)
{
	struct queue *queue = map->state;

	queue->first = (queue->first + 1) % map->def.max_entries;
	map->count--;
}

static int push(struct skep_host_map *map, const void *value, uint64_t flags)
{
	if (flags & BPF_NOEXIST || flags > BPF_EXIST)
		return -EINVAL;
	if (map->count == map->def.max_entries) {
		if (!(flags & BPF_EXIST))
			return -E2BIG;
		drop_oldest(map);
	}
	memcpy(value_at(map, map->count++), value, map->def.value_size);
	return 0;
}

static int take(struct skep_host_map *map, void *value, bool remove)
{
	bool is_stack = map->def.type == BPF_MAP_TYPE_STACK;

	if (!map->count) {
		memset(value, 0, map->def.value_size);
		return -ENOENT;
	}
	memcpy(value, value_at(map, is_stack ? map->count - 1 : 0), map->def.value_size);
	if (remove && is_stack)
		map->count--;
	else if (remove)
		drop_oldest(map);
	return 0;
}

const struct skep_host_kind skep_host_queue_kind = {
	.make = make,
	.drop = drop,
	.push = push,
	.take = take,
};
