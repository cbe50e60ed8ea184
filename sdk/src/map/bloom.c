/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Bloom filters: the kernel's "no such key" is an answer here, and no failure. */
#include <errno.h>

#include <bpf/bpf.h>

#include "want.h"

static int need_bloom(const struct skep_map *map)
{
	if (map && map->type == BPF_MAP_TYPE_BLOOM_FILTER)
		return 0;
	return skep_map_want(map, SKEP_ACCESS_BLOOM, "add and has");
}

int skep_bloom_add_raw(const struct skep_map *map, const void *value)
{
	int err = need_bloom(map);

	if (err)
		return err;
	err = bpf_map_update_elem(map->fd, NULL, value, BPF_ANY);
	return err ? skep_map_refuse(map, err) : 0;
}

int skep_bloom_has_raw(const struct skep_map *map, const void *value)
{
	int err = need_bloom(map);

	if (err)
		return err;
	/* The kernel reads what it is given here, and writes nothing. */
	err = bpf_map_lookup_elem(map->fd, NULL, (void *)(uintptr_t)value);
	if (!err)
		return 1;
	return err == -ENOENT ? 0 : skep_map_refuse(map, err);
}
