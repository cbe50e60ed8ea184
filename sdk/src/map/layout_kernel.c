/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What the kernel says of the types of a map: it keeps the BTF that the map was made with. */
#include <errno.h>
#include <string.h>

#include <bpf/btf.h>

#include "base/cleanup.h"
#include "base/fail.h"
#include "layout.h"

static void free_btf(struct btf **btf)
{
	btf__free(*btf);
}

void skep_map_types_free(struct skep_map_types *types)
{
	skep_layout_free(types->key);
	skep_layout_free(types->value);
	*types = (struct skep_map_types){ 0 };
}

int skep_map_types_of(struct skep_map_types *types, const struct btf *btf, uint32_t key,
		      uint32_t value)
{
	struct skep_map_types read = { 0 };
	int err = 0;

	if (key)
		err = skep_layout_read(&read.key, btf, key);
	if (!err && value)
		err = skep_layout_read(&read.value, btf, value);
	if (err)
		skep_map_types_free(&read);
	else
		*types = read;
	return err;
}

static int fail_unread(const struct skep_map *map, int err)
{
	return skep_fail_hint(
		skep_fail(err, "cannot read the types of map '%s' (BTF %u): %s", map->name,
			  map->btf_id, strerror(-err)),
		"run as root or with CAP_SYS_ADMIN, or open the map without layouts: then kind and "
		"sizes are compared");
}

int skep_map_types_read(struct skep_map_types *types, const struct skep_map *map,
			const struct btf *btf)
{
	__attribute__((cleanup(free_btf))) struct btf *kernel = NULL;

	*types = (struct skep_map_types){ 0 };
	if (!map->btf_key && !map->btf_value)
		return 0;
	if (map->btf_id) {
		errno = 0;
		kernel = btf__load_from_kernel_by_id(map->btf_id);
		if (!kernel && !btf)
			return fail_unread(map, errno ? -errno : -EINVAL);
	}
	return skep_map_types_of(types, kernel ? kernel : btf, map->btf_key, map->btf_value);
}
