/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Queues and stacks. Full and empty are everyday events: their text waits. */
#include <errno.h>

#include <bpf/bpf.h>

#include "base/fail.h"
#include "want.h"

static int need_queue(const struct skep_map *map)
{
	if (map && (map->type == BPF_MAP_TYPE_QUEUE || map->type == BPF_MAP_TYPE_STACK))
		return 0;
	return skep_map_want(map, SKEP_ACCESS_QUEUE, "push and pop");
}

static int refuse(const struct skep_map *map, int err)
{
	switch (err) {
	case -ENOENT:
		return skep_fail_quick(err, "queue '%s' is empty", map->name);
	case -E2BIG:
		return skep_fail_quick(err, "queue '%s' is full", map->name);
	case -EBUSY:
		return skep_fail_quick(err, "queue '%s' was locked by somebody else: try again",
				       map->name);
	default:
		return skep_map_refuse(map, err);
	}
}

int skep_queue_push_raw(const struct skep_map *map, const void *value, enum skep_push how)
{
	int err = need_queue(map);

	if (err)
		return err;
	if (how != SKEP_PUSH_ANY && how != SKEP_PUSH_EVICT)
		return skep_fail(EINVAL, "queue '%s': %d is not an enum skep_push", map->name, how);
	err = bpf_map_update_elem(map->fd, NULL, value,
				  how == SKEP_PUSH_EVICT ? BPF_EXIST : BPF_ANY);
	return err ? refuse(map, err) : 0;
}

int skep_queue_pop_raw(const struct skep_map *map, void *value)
{
	int err = need_queue(map);

	if (err)
		return err;
	err = bpf_map_lookup_and_delete_elem(map->fd, NULL, value);
	return err ? refuse(map, err) : 0;
}

int skep_queue_peek_raw(const struct skep_map *map, void *value)
{
	int err = need_queue(map);

	if (err)
		return err;
	err = bpf_map_lookup_elem(map->fd, NULL, value);
	return err ? refuse(map, err) : 0;
}
