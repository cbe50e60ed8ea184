/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Whether the types that a caller has are those of the map. */
#include "layout.h"

#include <errno.h>

#include "base/fail.h"
#include "base/opts.h"

/* Handles of these have a key type that stands for nothing. */
static bool has_keys(enum skep_map_access access)
{
	return access != SKEP_ACCESS_QUEUE && access != SKEP_ACCESS_BLOOM &&
	       access != SKEP_ACCESS_USER_RING && access != SKEP_ACCESS_RING &&
	       access != SKEP_ACCESS_ARENA;
}

/*
 * Programs and user space name sockets by 4 or 8 bytes, which stand for no type of theirs; stacks
 * have as many frames as their map wants; to the kernel a ring and an arena are bytes.
 */
static bool has_values(enum skep_map_access access)
{
	return access != SKEP_ACCESS_SOCKETS && access != SKEP_ACCESS_STACKS &&
	       access != SKEP_ACCESS_USER_RING && access != SKEP_ACCESS_RING &&
	       access != SKEP_ACCESS_ARENA;
}

static int check_bytes(const struct skep_map *map, const char *what, uint32_t theirs, size_t ours)
{
	if (!ours || ours == theirs)
		return 0;
	return skep_fail_hint(skep_fail(EPROTOTYPE,
					"map '%s': the %s has %u bytes in the kernel, %zu here",
					map->name, what, theirs, ours),
			      "use the same type on both sides, from one shared header");
}

int skep_map_need(const struct skep_map *map, enum skep_map_access access, const char *operation)
{
	const struct skep_map_kind *kind = skep_map_kind(map->type);

	if (kind->access == access)
		return 0;
	return skep_fail_hint(skep_fail(EPROTOTYPE, "map '%s' is %s: it has no %s", map->name,
					kind->said, operation),
			      "its handle is declared with %s", kind->handle);
}

static int check_access(const struct skep_map *map, enum skep_map_access access)
{
	const struct skep_map_kind *kind = skep_map_kind(map->type);

	if (access == SKEP_ACCESS_ANY || access == kind->access)
		return 0;
	return skep_fail_hint(skep_fail(EPROTOTYPE, "map '%s' is %s: not what this handle is for",
					map->name, kind->said),
			      "declare the handle with %s", kind->handle);
}

/* The layouts that a caller gave, with those of the map. Without BTF there are sizes only. */
static int check_layout(const struct skep_map *map, const char *part, size_t bytes,
			const struct skep_layout *ours, const struct skep_layout *theirs)
{
	const struct skep_layout_sides sides = { map->name, part, "in the map", "here" };
	int err = ours ? skep_layout_check(ours) : 0;

	if (err || !ours)
		return err;
	if (bytes && ours->bytes != bytes)
		return skep_fail(
			EINVAL, "map '%s': the layout of %s has %zu bytes, and the handle's %s %zu",
			map->name, ours->type, ours->bytes, part, bytes);
	return theirs ? skep_layout_compare(ours, theirs, &sides) : 0;
}

static int check_layouts(const struct skep_map *map, const struct skep_map_shape *shape,
			 const struct btf *btf)
{
	const struct skep_layout *key = SKEP_OPT(shape, key_layout);
	const struct skep_layout *value = SKEP_OPT(shape, value_layout);
	struct skep_map_types types;
	int err;

	if (!key && !value)
		return 0;
	err = skep_map_types_read(&types, map, btf);
	if (err)
		return err;
	if (has_keys(shape->access))
		err = check_layout(map, "key", shape->key_bytes, key, types.key);
	if (!err && has_values(shape->access))
		err = check_layout(map, "value", shape->value_bytes, value, types.value);
	skep_map_types_free(&types);
	return err;
}

int skep_map_check_shape_by(const struct skep_map *map, const struct skep_map_shape *shape,
			    const struct btf *btf)
{
	int err = SKEP_OPTS_CHECK(shape);

	if (err)
		return err;
	if (shape) {
		err = check_access(map, shape->access);
		/* Fields first: they say more than a size. */
		if (!err)
			err = check_layouts(map, shape, btf);
		if (!err && has_keys(shape->access))
			err = check_bytes(map, "key", map->key_bytes, shape->key_bytes);
		if (!err && has_values(shape->access))
			err = check_bytes(map, "value", map->value_bytes, shape->value_bytes);
	}
	if (!err)
		skep_layout_warn_holes(map, btf);
	return err;
}

int skep_map_check_shape(const struct skep_map *map, const struct skep_map_shape *shape)
{
	return skep_map_check_shape_by(map, shape, NULL);
}

int skep_map_check_raw(const struct skep_map *map, const struct skep_map_shape *shape)
{
	int err = skep_map_need_open(map);

	return err ? err : skep_map_check_shape_by(map, shape, NULL);
}
