/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Stack traces by id. The kernel copies a whole value, as deep as the map allows. */
#include <skep/map/stacks.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>

#include "base/cleanup.h"
#include "want.h"

#define LOWEST_ERROR (-4095)

/* A stack as the kernel copies it: small ones without malloc(). */
struct copy {
	unsigned char *bytes;
	unsigned char *heap;
	uint64_t few[128];
};

static void drop_copy(struct copy *copy)
{
	free(copy->heap);
}

static size_t frame_bytes(const struct skep_map *map)
{
	return map->flags & BPF_F_STACK_BUILD_ID ? sizeof(struct bpf_stack_build_id)
						 : sizeof(uint64_t);
}

static int need_stacks(const struct skep_map *map)
{
	return skep_map_want(map, SKEP_ACCESS_STACKS, "stack traces");
}

/* Errors are kept in 32 bits by most programs, and may come here unsigned. */
static int check_id(int64_t id)
{
	if (id > INT32_MAX)
		id = (int64_t)(int32_t)id;
	if (id >= 0)
		return 0;
	return skep_fail_hint(
		skep_fail(EINVAL, "%lld is no stack's id: bpf_get_stackid() failed", (long long)id),
		"%s",
		id == -EEXIST   ? "another stack has that place: make the map larger, "
				  "or use BPF_F_REUSE_STACKID"
		: id == -EFAULT ? "there was no stack: kernel threads have none in "
				  "user space"
				: "let the program look at what it returns");
}

static int refuse(const struct skep_map *map, int err)
{
	if (err == -ENOENT)
		return skep_fail_quick(err, "map '%s' has no stack of that id", map->name);
	return skep_map_refuse(map, err);
}

static int read_stack(const struct skep_map *map, int64_t id, struct copy *copy)
{
	uint32_t key = (uint32_t)id;
	int err = check_id(id);

	if (err)
		return err;
	copy->bytes = (unsigned char *)copy->few;
	if (map->value_bytes > sizeof(copy->few)) {
		copy->bytes = copy->heap = malloc(map->value_bytes);
		if (!copy->heap)
			return skep_fail(ENOMEM, "no memory for a stack of map '%s'", map->name);
	}
	err = bpf_map_lookup_elem(map->fd, &key, copy->bytes);
	return err ? refuse(map, err) : 0;
}

static int check_room(const struct skep_map *map, uint32_t depth, uint32_t room)
{
	if (depth <= room)
		return 0;
	return skep_fail_hint(skep_fail(E2BIG, "a stack of map '%s' has %u frames, the room %u",
					map->name, depth, room),
			      "%u frames are enough for any stack of this map",
			      skep_stacks_depth_raw(map));
}

int skep_stacks_get_raw(const struct skep_map *map, int64_t id, uint64_t *addresses,
			uint32_t *depth)
{
	__attribute__((cleanup(drop_copy))) struct copy copy = { .heap = NULL };
	uint32_t frames = 0, most;
	int err = need_stacks(map);

	if (err)
		return err;
	if (map->flags & BPF_F_STACK_BUILD_ID)
		return skep_fail_hint(
			skep_fail(EPROTOTYPE, "map '%s' has build ids, no addresses", map->name),
			"use skep_stacks_get_build_ids()");
	err = read_stack(map, id, &copy);
	if (err)
		return err;
	most = skep_stacks_depth_raw(map);
	while (frames < most && ((uint64_t *)(void *)copy.bytes)[frames])
		frames++;
	err = check_room(map, frames, *depth);
	if (err)
		return err;
	memcpy(addresses, copy.bytes, frames * sizeof(*addresses));
	*depth = frames;
	return 0;
}

int skep_stacks_get_build_ids_raw(const struct skep_map *map, int64_t id,
				  struct bpf_stack_build_id *frames, uint32_t *depth)
{
	__attribute__((cleanup(drop_copy))) struct copy copy = { .heap = NULL };
	const struct bpf_stack_build_id *all;
	uint32_t count = 0, most;
	int err = need_stacks(map);

	if (err)
		return err;
	if (!(map->flags & BPF_F_STACK_BUILD_ID))
		return skep_fail_hint(
			skep_fail(EPROTOTYPE, "map '%s' has addresses, no build ids", map->name),
			"use skep_stacks_get(), or make the map with "
			"BPF_F_STACK_BUILD_ID");
	err = read_stack(map, id, &copy);
	if (err)
		return err;
	all = (const struct bpf_stack_build_id *)(const void *)copy.bytes;
	most = skep_stacks_depth_raw(map);
	while (count < most && all[count].status != BPF_STACK_BUILD_ID_EMPTY)
		count++;
	err = check_room(map, count, *depth);
	if (err)
		return err;
	memcpy(frames, all, count * sizeof(*frames));
	*depth = count;
	return 0;
}

uint32_t skep_stacks_depth_raw(const struct skep_map *map)
{
	if (!map || map->type != BPF_MAP_TYPE_STACK_TRACE)
		return 0;
	return (uint32_t)(map->value_bytes / frame_bytes(map));
}

int skep_stacks_del_raw(const struct skep_map *map, int64_t id)
{
	uint32_t key = (uint32_t)id;
	int err = need_stacks(map);

	if (!err)
		err = check_id(id);
	if (err)
		return err;
	err = bpf_map_delete_elem(map->fd, &key);
	return err ? refuse(map, err) : 0;
}

/*
 * The kernel begins anew when the id it stands on is gone. Then it is walked up to where we
 * were, which takes as many calls as there are stacks below.
 */
bool skep_stacks_next_raw(const struct skep_map *map, int64_t *id, int *err)
{
	uint32_t at = (uint32_t)*id, next;

	*err = need_stacks(map);
	if (*err)
		return false;
	for (uint64_t steps = 0; steps <= 2 * (uint64_t)map->entries; steps++) {
		int ret = bpf_map_get_next_key(map->fd, *id < 0 && !steps ? NULL : &at, &next);

		if (ret == -ENOENT)
			return false;
		if (ret) {
			*err = refuse(map, ret);
			return false;
		}
		if ((int64_t)next > *id) {
			*id = next;
			return true;
		}
		at = next;
	}
	*err = skep_fail(EAGAIN, "map '%s' changed faster than it could be gone through",
			 map->name);
	return false;
}
