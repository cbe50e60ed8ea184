/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A map that is there already, for an object that is not loaded yet. */
#include <errno.h>
#include <string.h>

#include "base/fail.h"
#include "map/layout.h"
#include "object.h"

#define ADVICE "use one header on both sides; skep_object_migrate_map() can change the pinned map"

static int differs(const struct skep_map *map, const char *what, uint32_t theirs, uint32_t ours)
{
	return skep_fail_hint(
		skep_fail(EPROTOTYPE, "map '%s': %s %u in the map that is there, %u in the object",
			  map->name, what, theirs, ours),
		ADVICE);
}

/* The kernel marks maps that point to devices by itself. */
static uint32_t own_flags(const struct skep_map *map, uint32_t flags)
{
	bool marked = map->type == BPF_MAP_TYPE_DEVMAP || map->type == BPF_MAP_TYPE_DEVMAP_HASH;

	return marked ? flags & ~(uint32_t)BPF_F_RDONLY_PROG : flags;
}

static int check_definition(const struct skep_map *map, const struct skep_map *from)
{
	if (map->type != from->type)
		return skep_fail_hint(skep_fail(EPROTOTYPE,
						"map '%s' is of kind '%s' in the object, and the "
						"one that is there of kind '%s'",
						map->name, skep_map_kind(map->type)->name,
						skep_map_kind(from->type)->name),
				      ADVICE);
	if (map->key_bytes != from->key_bytes)
		return differs(map, "bytes of the key:", from->key_bytes, map->key_bytes);
	if (map->value_bytes != from->value_bytes)
		return differs(map, "bytes of the value:", from->value_bytes, map->value_bytes);
	/* 0: libbpf takes as many as there are processors. */
	if (map->entries && map->entries != from->entries)
		return differs(map, "entries:", from->entries, map->entries);
	if (own_flags(map, map->flags) != own_flags(from, from->flags))
		return differs(map, "flags:", from->flags, map->flags);
	return 0;
}

static int compare(const struct skep_map *map, const char *part, const struct skep_layout *ours,
		   const struct skep_layout *theirs)
{
	const struct skep_layout_sides sides = { map->name, part, "in the map that is there",
						 "in the object", true };

	return ours && theirs ? skep_layout_compare(ours, theirs, &sides) : 0;
}

static int check_fields(const struct skep_object *object, const struct skep_map *map,
			const struct skep_map *from)
{
	const struct btf *btf = bpf_object__btf(object->obj);
	struct skep_map_types ours = { 0 }, theirs = { 0 };
	int err = 0;

	if (!btf || (!from->btf_key && !from->btf_value))
		return 0;
	err = skep_map_types_of(&ours, btf, bpf_map__btf_key_type_id(map->map),
				bpf_map__btf_value_type_id(map->map));
	if (!err)
		err = skep_map_types_read(&theirs, from, NULL);
	if (!err)
		err = compare(map, "key", ours.key, theirs.key);
	if (!err)
		err = compare(map, "value", ours.value, theirs.value);
	skep_map_types_free(&ours);
	skep_map_types_free(&theirs);
	return err;
}

int skep_object_compare_map(const struct skep_object *object, struct skep_map *map,
			    const struct skep_map *from)
{
	int err = 0;

	/* What libbpf was told in the meantime, and by others than us. */
	skep_map_describe(map, map->map);
	/* Fields first: they say more than a size. */
	if (map->type == from->type)
		err = check_fields(object, map, from);
	return err ? err : check_definition(map, from);
}

int skep_object_find_unloaded(const struct skep_object *object, const char *name,
			      struct skep_map **found)
{
	int err;

	if (!object || !name)
		return skep_fail(EINVAL, "there is no %s", object ? "name of a map" : "object");
	err = skep_object_find_map(object, name, found);
	if (err || object->state == OBJECT_OPEN)
		return err;
	return skep_fail_hint(
		skep_fail(EBUSY, "map '%s' is loaded: it cannot become another", name),
		"choose the map between open and load");
}

int skep_object_reuse_open_map(struct skep_object *object, const char *name,
			       const struct skep_map *from)
{
	struct skep_map *found;
	int err = skep_object_find_unloaded(object, name, &found);

	if (!err)
		err = skep_map_need_open(from);
	if (!err)
		err = skep_object_compare_map(object, found, from);
	if (err)
		return err;
	err = bpf_map__reuse_fd(found->map, from->fd);
	if (err)
		return skep_fail(err, "cannot use map '%s' again: %s", name, strerror(-err));
	return 0;
}

int skep_object_reuse_map(struct skep_object *object, const char *name, const char *path)
{
	SKEP_AUTO(skep_map) *from = NULL;
	struct skep_map *found;
	int err = skep_object_find_unloaded(object, name, &found);

	if (!err)
		err = skep_map_open_pinned_raw(&from, path, NULL);
	return err ? err : skep_object_reuse_open_map(object, name, from);
}
