/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* get, put, del: one system call each. Failures here are everyday events: their text waits. */
#include <errno.h>

#include <bpf/bpf.h>

#include "base/fail.h"
#include "map.h"

int skep_map_refuse(const struct skep_map *map, int err)
{
	switch (err) {
	case -ENOENT:
		return skep_fail_quick(err, "map '%s' has no such key", map->name);
	case -EEXIST:
		return skep_fail_quick(err, "map '%s' has that key already", map->name);
	case -E2BIG:
		return skep_fail_quick(err, "map '%s' is full, or has no such index", map->name);
	case -EPERM:
		return skep_fail_quick(err, "map '%s' may not be used that way from user space",
				       map->name);
	case -EBADF:
		return skep_fail_quick(err, "map '%s' is not loaded", map->name);
	case -EINVAL:
		return skep_fail_quick(err, "map '%s' is of a kind that cannot do that", map->name);
	default:
		return skep_fail_quick(err, "the kernel refused an operation on map '%s'",
				       map->name);
	}
}

/* The kernel would write a value for each CPU where the caller has room for one. */
static int refuse_per_cpu(const struct skep_map *map)
{
	return skep_map_need(map, SKEP_ACCESS_KEYED, "single values");
}

int skep_map_get_raw(const struct skep_map *map, const void *key, void *value)
{
	int err;

	if (!map->plain)
		return refuse_per_cpu(map);
	err = bpf_map_lookup_elem(map->fd, key, value);
	return err ? skep_map_refuse(map, err) : 0;
}

int skep_map_put_raw(const struct skep_map *map, const void *key, const void *value,
		     enum skep_put how)
{
	static const uint64_t flags[] = {
		[SKEP_PUT_ANY] = BPF_ANY,
		[SKEP_PUT_NEW] = BPF_NOEXIST,
		[SKEP_PUT_EXISTING] = BPF_EXIST,
	};
	int err;

	if ((unsigned int)how > SKEP_PUT_EXISTING)
		return skep_fail(EINVAL, "map '%s': %d is not an enum skep_put", map->name, how);
	if (!map->plain)
		return refuse_per_cpu(map);
	err = bpf_map_update_elem(map->fd, key, value, flags[how]);
	return err ? skep_map_refuse(map, err) : 0;
}

int skep_map_del_raw(const struct skep_map *map, const void *key)
{
	int err = bpf_map_delete_elem(map->fd, key);

	return err ? skep_map_refuse(map, err) : 0;
}
