/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Whether the types that a caller has are those of the map. */
#include "layout.h"

#include <errno.h>

#include <linux/bpf.h>

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

bool skep_map_keeps_types(const struct skep_map *map)
{
	switch (map->type) {
	case BPF_MAP_TYPE_HASH:
	case BPF_MAP_TYPE_LRU_HASH:
	case BPF_MAP_TYPE_ARRAY:
	case BPF_MAP_TYPE_PERCPU_HASH:
	case BPF_MAP_TYPE_LRU_PERCPU_HASH:
	case BPF_MAP_TYPE_PERCPU_ARRAY:
	case BPF_MAP_TYPE_LPM_TRIE:
		return true;
	default:
		return false;
	}
}

static int check_bytes(const struct skep_map *map, const char *what, uint32_t theirs, size_t ours)
{
	const char *change = map->map ? "; a pinned map is changed by skep_object_migrate_map()"
				      : "; an old map is changed by skep_map_migrate()";

	if (!ours || ours == theirs)
		return 0;
	return skep_fail_hint(skep_fail(EPROTOTYPE,
					"map '%s': the %s has %u bytes in the kernel, %zu here",
					map->name, what, theirs, ours),
			      "use the same type on both sides, from one shared header%s",
			      skep_map_keeps_types(map) ? change : "");
}

#define MOST_HASHED (1u << 30) /* the kernel's table of buckets overflows before */

static bool is_hash(uint32_t type)
{
	return type == BPF_MAP_TYPE_HASH || type == BPF_MAP_TYPE_LRU_HASH ||
	       type == BPF_MAP_TYPE_PERCPU_HASH || type == BPF_MAP_TYPE_LRU_PERCPU_HASH;
}

int skep_map_check_size(const char *name, uint32_t type, uint32_t entries, uint32_t value_bytes)
{
	const struct skep_map_kind *kind = skep_map_kind(type);
	bool valued = kind->access == SKEP_ACCESS_KEYED || kind->access == SKEP_ACCESS_PERCPU ||
		      kind->access == SKEP_ACCESS_QUEUE || kind->access == SKEP_ACCESS_BLOOM ||
		      kind->access == SKEP_ACCESS_STORAGE;

	if (!entries)
		return skep_fail_hint(
			skep_fail(EINVAL, "map '%s' has 0 entries: nothing fits into it", name),
			"give it at least 1: in its declaration, or by skep_object_resize()");
	if (is_hash(type) && entries >= MOST_HASHED)
		return skep_fail_hint(skep_fail(E2BIG,
						"map '%s' has %u entries: more than any kernel "
						"makes a %s",
						name, entries, kind->name),
				      "give it as many as are needed: memory is taken for each");
	if (valued && !value_bytes)
		return skep_fail_hint(
			skep_fail(EINVAL, "map '%s' has values of 0 bytes: the kernel makes none",
				  name),
			"for a set of keys, use values of one byte: __u8");
	return 0;
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

/* Sizes are compared either way: who asked for fields is told that there are none to compare. */
static int fail_untyped(const struct skep_map *map, const char *part)
{
	return skep_fail_hint(skep_fail(EPROTOTYPE,
					"map '%s' has no types to compare: its %s was made without "
					"BTF",
					map->name, part),
			      "make it with BTF (-g, and __type() or skep_map_new_typed()); to "
			      "compare sizes alone, open it by the call without _checked");
}

/* A layout that a caller gave is one, and of the handle's type. */
static int check_given(const struct skep_map *map, const char *part, size_t bytes,
		       const struct skep_layout *ours)
{
	int err = ours ? skep_layout_check(ours) : 0;

	if (err || !ours || !bytes || ours->bytes == bytes)
		return err;
	return skep_fail(EINVAL,
			 "map '%s': the layout of %s has %zu bytes, and the handle's %s %zu",
			 map->name, ours->type, ours->bytes, part, bytes);
}

int skep_map_check_given(const struct skep_map *map, const struct skep_map_shape *shape)
{
	int err = check_given(map, "key", SKEP_OPT(shape, key_bytes), SKEP_OPT(shape, key_layout));

	return err ? err
		   : check_given(map, "value", SKEP_OPT(shape, value_bytes),
				 SKEP_OPT(shape, value_layout));
}

static int check_layout(const struct skep_map *map, const char *part, size_t bytes,
			const struct skep_layout *ours, const struct skep_layout *theirs)
{
	const struct skep_layout_sides sides = { map->name, part, "in the map", "here", false };
	int err = check_given(map, part, bytes, ours);

	if (err || !ours)
		return err;
	if (!theirs)
		return skep_map_keeps_types(map) ? fail_untyped(map, part) : 0;
	return skep_layout_compare(ours, theirs, &sides);
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
