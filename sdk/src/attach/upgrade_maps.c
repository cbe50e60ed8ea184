/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Which maps a new object takes over from the one that runs. */
#include <errno.h>
#include <string.h>

#include <bpf/btf.h>

#include "base/fail.h"
#include "object/object.h"
#include "upgrade.h"

static const struct btf_type *find_section(const struct btf *btf, const char *name)
{
	int id = btf ? btf__find_by_name_kind(btf, name, BTF_KIND_DATASEC) : -1;

	return id < 0 ? NULL : btf__type_by_id(btf, (uint32_t)id);
}

static const char *variable_name(const struct btf *btf, const struct btf_var_secinfo *at)
{
	return btf__name_by_offset(btf, btf__type_by_id(btf, at->type)->name_off);
}

/* libbpf calls the map of a section `.bss` by the object's name too: "filter.bss". */
static const char *section_of(const struct skep_map *map)
{
	const char *dot = strchr(map->name, '.');

	return dot ? dot : map->name;
}

/* Every variable at the same place, of the same size. */
static bool same_variables(const struct skep_upgrade *upgrade, const struct skep_map *map)
{
	const struct btf *old = bpf_object__btf(upgrade->running->obj);
	const struct btf *new = bpf_object__btf(upgrade->next->obj);
	const struct btf_type *from = find_section(old, section_of(map));
	const struct btf_type *to = find_section(new, section_of(map));

	if (!from || !to || btf_vlen(from) != btf_vlen(to) || from->size != to->size)
		return false;
	for (uint16_t i = 0; i < btf_vlen(to); i++) {
		const struct btf_var_secinfo *a = &btf_var_secinfos(from)[i];
		const struct btf_var_secinfo *b = &btf_var_secinfos(to)[i];

		if (a->offset != b->offset || a->size != b->size ||
		    strcmp(variable_name(old, a), variable_name(new, b)) != 0)
			return false;
	}
	return true;
}

static int take_over(struct bpf_map *map, const struct skep_map *from)
{
	int err = bpf_map__reuse_fd(map, from->fd);

	return err ? skep_fail(err, "cannot use map '%s' again: %s", from->name, strerror(-err))
		   : 0;
}

static int take_variables(struct skep_upgrade *upgrade, const struct skep_map *map,
			  const struct skep_map *from, enum skep_upgrade_fate *fate)
{
	*fate = SKEP_UPGRADE_RESET;
	if (strncmp(section_of(map), ".rodata", 7) == 0 || strcmp(section_of(map), ".kconfig") == 0)
		return 0; /* the new object's own */
	if (map->value_bytes != from->value_bytes || map->flags != from->flags ||
	    !same_variables(upgrade, map))
		return 0;
	*fate = SKEP_UPGRADE_KEPT;
	return take_over(map->map, from);
}

/* How large a ring is, is no matter of types: its reader goes on with the one there is. */
static int take_ring(struct skep_upgrade *upgrade, struct skep_map *map,
		     const struct skep_map *from)
{
	int err = bpf_map__set_max_entries(map->map, from->entries);

	if (err)
		return skep_fail(err, "cannot resize ring '%s': %s", map->name, strerror(-err));
	map->entries = from->entries;
	return skep_object_reuse_open_map(upgrade->next, map->name, from);
}

static int take_map(struct skep_upgrade *upgrade, struct skep_map *map, const struct skep_map *from,
		    enum skep_upgrade_fate *fate)
{
	int err;

	*fate = SKEP_UPGRADE_KEPT;
	if (map->type == BPF_MAP_TYPE_RINGBUF && from->type == map->type)
		return take_ring(upgrade, map, from);
	err = skep_object_reuse_open_map(upgrade->next, map->name, from);
	if (err != -EPROTOTYPE || map->type != from->type)
		return err;
	*fate = SKEP_UPGRADE_MIGRATED;
	return skep_object_renew_map(upgrade->next, map->name, from);
}

int skep_upgrade_maps(struct skep_upgrade *upgrade, bool fresh_variables)
{
	int err = 0;

	for (size_t i = 0; i < upgrade->next->map_count && !err; i++) {
		struct skep_map *map = &upgrade->next->maps[i];
		bool variables = bpf_map__is_internal(map->map);
		/* Those of variables are known by their section: objects have names of their own. */
		struct skep_map *from =
			skep_object_map(upgrade->running, variables ? section_of(map) : map->name);

		upgrade->maps[i] = from ? SKEP_UPGRADE_RESET : SKEP_UPGRADE_NEW;
		/* A struct of functions belongs to its programs. */
		if (!from || from->fd < 0 || map->type == BPF_MAP_TYPE_STRUCT_OPS)
			continue;
		if (!variables)
			err = take_map(upgrade, map, from, &upgrade->maps[i]);
		else if (!fresh_variables)
			err = take_variables(upgrade, map, from, &upgrade->maps[i]);
	}
	return err;
}
