/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What a map is made of. Public side: <skep/map.h>. */
#ifndef SKEP_OBJECT_MAP_H
#define SKEP_OBJECT_MAP_H

#include <skep/map.h>

struct skep_map {
	int fd;              /* of its own when `owned`; -1 until the object is loaded */
	bool owned;          /* a handle somebody opened, not one that an object lends */
	struct bpf_map *map; /* libbpf's, for maps of an object */
	uint32_t type;
	uint32_t key_bytes;
	uint32_t value_bytes;
	uint32_t entries;
	char name[64];
};

/* Describes libbpf's map, before or after load. */
void skep_map_describe(struct skep_map *map, struct bpf_map *source);

/* -EOPNOTSUPP in words for a map with a value per CPU: the kernel would write one for each. */
int skep_map_need_plain(const struct skep_map *map);

/* Asks the kernel what `fd` is; -EINVAL in words when it is no map. `map->fd` stays -1. */
int skep_map_describe_fd(struct skep_map *map, int fd);

#endif
