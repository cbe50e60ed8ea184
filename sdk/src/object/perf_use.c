/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Rings that become perf buffers: the map's type, and the constant that the program looks at. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <bpf/btf.h>
#include <linux/bpf.h>

#include "base/fail.h"
#include "object.h"

/* The constant `<ring>__perf`; NULL: the program was compiled without. */
static uint32_t *find_switch(const struct skep_object *object, const char *ring)
{
	const struct btf *btf = bpf_object__btf(object->obj);
	int32_t id = btf ? btf__find_by_name_kind(btf, ".rodata.skep", BTF_KIND_DATASEC) : 0;
	const struct btf_var_secinfo *info;
	const struct btf_type *section;
	char name[80], *memory;
	size_t bytes = 0;

	memory = skep_object_section(object, ".rodata.skep", &bytes);
	if (id <= 0 || !memory)
		return NULL;
	snprintf(name, sizeof(name), "%.64s__perf", ring);
	section = btf__type_by_id(btf, (uint32_t)id);
	info = btf_var_secinfos(section);
	for (uint32_t i = 0; i < btf_vlen(section); i++, info++) {
		const struct btf_type *var = btf__type_by_id(btf, info->type);

		if (!strcmp(btf__name_by_offset(btf, var->name_off), name) &&
		    info->size == sizeof(uint32_t) && info->offset <= bytes - sizeof(uint32_t))
			return (uint32_t *)(void *)(memory + info->offset);
	}
	return NULL;
}

static int change(struct skep_map *map, uint32_t *is_perf)
{
	int err = bpf_map__set_type(map->map, BPF_MAP_TYPE_PERF_EVENT_ARRAY);

	if (!err)
		err = bpf_map__set_key_size(map->map, sizeof(uint32_t));
	if (!err)
		err = bpf_map__set_value_size(map->map, sizeof(uint32_t));
	if (!err)
		err = bpf_map__set_max_entries(map->map, 0); /* as many as processors */
	if (err)
		return skep_fail(err, "cannot make perf buffers of ring '%s': %s", map->name,
				 strerror(-err));
	*is_perf = 1;
	skep_map_describe(map, map->map);
	return 0;
}

int skep_object_use_perf(struct skep_object *object, const char *ring)
{
	struct skep_map *map;
	uint32_t *is_perf;
	int err = skep_object_find_unloaded(object, ring, &map);

	if (err)
		return err;
	is_perf = find_switch(object, ring);
	if (is_perf && map->type == BPF_MAP_TYPE_PERF_EVENT_ARRAY)
		return 0;
	if (!is_perf || map->type != BPF_MAP_TYPE_RINGBUF)
		return skep_fail_hint(skep_fail(EOPNOTSUPP, "'%s' cannot be perf buffers", ring),
				      "define SKEP_WITH_PERF before <skep/bpf/core.h> in the "
				      "program, and declare it by SKEP_RINGBUF()");
	return change(map, is_perf);
}

int skep_object_use_perf_if_needed(struct skep_object *object)
{
	int has_rings = -1, err = 0;

	for (size_t i = 0; i < object->map_count && !err; i++) {
		struct skep_map *map = &object->maps[i];
		uint32_t *is_perf =
			map->type == BPF_MAP_TYPE_RINGBUF ? find_switch(object, map->name) : NULL;

		if (!is_perf)
			continue;
		if (has_rings < 0)
			has_rings = libbpf_probe_bpf_map_type(BPF_MAP_TYPE_RINGBUF, NULL);
		if (!has_rings)
			err = change(map, is_perf);
	}
	return err;
}
