/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* get, put, del, take: one system call each. Failures here are everyday events: their text waits. */
#include "batch.h"

#include <string.h>

#include <skep/kernel.h>

#include "base/fail.h"

#define UNLIKELY(x) __builtin_expect(!!(x), 0)

/* Whether a put found no room, or a key that there cannot be. */
static int refuse_too_big(const struct skep_map *map, int err)
{
	switch (map->type) {
	case BPF_MAP_TYPE_ARRAY:
	case BPF_MAP_TYPE_PERCPU_ARRAY:
	case BPF_MAP_TYPE_ARRAY_OF_MAPS:
	case BPF_MAP_TYPE_PROG_ARRAY:
	case BPF_MAP_TYPE_PERF_EVENT_ARRAY:
	case BPF_MAP_TYPE_CGROUP_ARRAY:
	case BPF_MAP_TYPE_REUSEPORT_SOCKARRAY:
	case BPF_MAP_TYPE_SOCKMAP:
	case BPF_MAP_TYPE_DEVMAP:
	case BPF_MAP_TYPE_CPUMAP:
	case BPF_MAP_TYPE_XSKMAP:
		return skep_fail_quick(err, "map '%s' has no such index", map->name);
	default:
		return skep_fail_quick(err, "map '%s' is full", map->name);
	}
}

/* The kernel's EBADF and EINVAL for a descriptor that somebody closed, and maybe opened again. */
static bool lost_fd(const struct skep_map *map)
{
	struct skep_map now;
	bool lost;
	SKEP_KEEP_ERROR;

	lost = skep_map_describe_fd(&now, map->fd) != 0;
	return lost || (map->id && now.id != map->id);
}

static int refuse_invalid(const struct skep_map *map, int err)
{
	if (map->fd >= 0 && lost_fd(map))
		return skep_fail_hint(
			skep_fail(EBADF,
				  "the file descriptor of map '%s' was closed, and is "
				  "another file's now",
				  map->name),
			"close only what is your own; skep_map_free() ends a handle");
	return skep_fail_quick(err, "map '%s' is of a kind that cannot do that", map->name);
}

int skep_map_refuse(const struct skep_map *map, int err)
{
	switch (err) {
	case -ENOENT:
		return skep_fail_quick(err, "map '%s' has no such key", map->name);
	case -EEXIST:
		return skep_fail_quick(err, "map '%s' has that key already", map->name);
	case -E2BIG:
		return refuse_too_big(map, err);
	case -EPERM:
		return skep_fail_quick(err, "map '%s' may not be used that way from user space",
				       map->name);
	case -EBADF:
		return map->fd < 0
			       ? skep_fail_quick(err,
						 "map '%s' is not loaded: load its object first",
						 map->name)
			       : skep_fail_quick(err, "map '%s': its file descriptor is closed",
						 map->name);
	case -EINVAL:
		return refuse_invalid(map, err);
	case -EBUSY:
		return skep_fail_quick(err, "map '%s' is busy: try again", map->name);
	case -ENOMEM:
		return skep_fail_quick(err, "the kernel has no memory for map '%s'", map->name);
	default:
		return skep_fail_quick(err, "the kernel refused an operation on map '%s'",
				       map->name);
	}
}

static int refuse_unopened(void)
{
	return skep_fail_hint(skep_fail(EBADF, "this handle has no map"),
			      "open it first: skep_map_open(), skep_map_adopt_fd()");
}

/* No map, or the kernel would write a value for each CPU where the caller has room for one. */
__attribute__((cold, noinline)) static int refuse_handle(const struct skep_map *map)
{
	if (!map)
		return refuse_unopened();
	if (skep_map_kind(map->type)->access == SKEP_ACCESS_STORAGE)
		return skep_map_need(map, SKEP_ACCESS_KEYED,
				     "keys, but owners: skep_storage_get()");
	return skep_map_need(map, SKEP_ACCESS_KEYED, "single values");
}

int skep_map_get_raw(const struct skep_map *map, const void *key, void *value)
{
	int err;

	if (UNLIKELY(!map || !map->plain))
		return refuse_handle(map);
	err = skep_map_element(BPF_MAP_LOOKUP_ELEM, map->fd, key, value, 0);
	return UNLIKELY(err) ? skep_map_refuse(map, err) : 0;
}

static int refuse_lock(const struct skep_map *map, int err)
{
	return skep_fail_quick(err, "map '%s' has no bpf_spin_lock in its values, or no BTF",
			       map->name);
}

int skep_map_get_locked_raw(const struct skep_map *map, const void *key, void *value)
{
	int err;

	if (!map || !map->plain)
		return refuse_handle(map);
	err = skep_map_element(BPF_MAP_LOOKUP_ELEM, map->fd, key, value, BPF_F_LOCK);
	if (err == -EINVAL)
		return refuse_lock(map, err);
	return err ? skep_map_refuse(map, err) : 0;
}

/* The kernel checks `how` itself, for every kind: so a put that succeeds pays nothing for it. */
__attribute__((cold, noinline)) static int refuse_put(const struct skep_map *map, int err)
{
	if (err != -EINVAL || lost_fd(map))
		return skep_map_refuse(map, err);
	return skep_fail_quick(err,
			       "map '%s' refuses that key, value or way of putting (enum "
			       "skep_put; a lock needs a bpf_spin_lock in the value)",
			       map->name);
}

/* Apart from the others, which need not keep the key for the words of a refusal. */
__attribute__((noinline)) static int put_in_trie(const struct skep_map *map, const void *key,
						 const void *value, enum skep_put how)
{
	int err = skep_map_element(BPF_MAP_UPDATE_ELEM, map->fd, key, value, how);
	uint32_t prefix = 0;

	if (err == -EINVAL && key)
		memcpy(&prefix, key, sizeof(prefix));
	if (prefix > (map->key_bytes - sizeof(prefix)) * 8 && !lost_fd(map))
		return skep_fail_quick(
			err, "map '%s': the key's prefixlen is more than its data has bits",
			map->name);
	return err ? refuse_put(map, err) : 0;
}

__attribute__((cold, noinline)) static int put_otherwise(const struct skep_map *map,
							 const void *key, const void *value,
							 enum skep_put how)
{
	return map && map->plain ? put_in_trie(map, key, value, how) : refuse_handle(map);
}

/* The members of enum skep_put are the kernel's flags. */
_Static_assert((int)SKEP_PUT_NEW == (int)BPF_NOEXIST && (int)SKEP_PUT_EXISTING == (int)BPF_EXIST &&
		       (int)SKEP_PUT_LOCKED == (int)BPF_F_LOCK,
	       "enum skep_put");

int skep_map_put_raw(const struct skep_map *map, const void *key, const void *value,
		     enum skep_put how)
{
	int err;

	if (UNLIKELY(!map || !map->plain_put))
		return put_otherwise(map, key, value, how);
	err = skep_map_element(BPF_MAP_UPDATE_ELEM, map->fd, key, value, how);
	return UNLIKELY(err) ? refuse_put(map, err) : 0;
}

int skep_map_del_raw(const struct skep_map *map, const void *key)
{
	int err;

	if (UNLIKELY(!map))
		return refuse_unopened();
	err = skep_map_element(BPF_MAP_DELETE_ELEM, map->fd, key, NULL, 0);
	return UNLIKELY(err) ? skep_map_refuse(map, err) : 0;
}

/* Kinds of which newer kernels can do it at once. */
static bool is_hash(const struct skep_map *map)
{
	return map->type == BPF_MAP_TYPE_HASH || map->type == BPF_MAP_TYPE_LRU_HASH;
}

static int refuse_take(const struct skep_map *map)
{
	const struct skep_map_kind *kind = skep_map_kind(map->type);
	uint32_t since = skep_kernel_since("take from a hash");

	if (!is_hash(map))
		return skep_fail_hint(skep_fail(EPROTOTYPE,
						"map '%s' is %s: no kernel gets and deletes "
						"from it at once",
						map->name, kind->said),
				      map->type == BPF_MAP_TYPE_ARRAY
					      ? "get the value and put a zero"
					      : "use skep_map_take_with(..., SKEP_TAKE_TWO_STEPS)");
	return skep_fail_hint(skep_fail(EOPNOTSUPP,
					"map '%s': getting and deleting from a %s at once needs "
					"Linux %u.%u",
					map->name, kind->name, since >> 16, since >> 8 & 255),
			      "use skep_map_take_with(..., SKEP_TAKE_TWO_STEPS)");
}

static int take_in_two_steps(const struct skep_map *map, const void *key, void *value)
{
	int err = skep_map_get_raw(map, key, value);

	return err ? err : skep_map_del_raw(map, key);
}

int skep_map_take_raw(const struct skep_map *map, const void *key, void *value, enum skep_take how)
{
	int err;

	if (!map || !map->plain)
		return refuse_handle(map);
	if ((unsigned int)how > SKEP_TAKE_TWO_STEPS)
		return skep_fail(EINVAL, "map '%s': %d is not an enum skep_take", map->name, how);
	err = skep_map_element(BPF_MAP_LOOKUP_AND_DELETE_ELEM, map->fd, key, value, 0);
	if (!skep_map_has_no_batches(err)) /* a single one is refused alike */
		return err ? skep_map_refuse(map, err) : 0;
	if (how == SKEP_TAKE_TWO_STEPS && map->type != BPF_MAP_TYPE_ARRAY)
		return take_in_two_steps(map, key, value);
	return refuse_take(map);
}
