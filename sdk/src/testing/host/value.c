// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Values of maps: one, or one for each CPU. */
#include <errno.h>
#include <linux/bpf.h>
#include <string.h>

#include "host.h"

bool skep_host_is_percpu(const struct skep_host_map *map)
{
	switch (map->def.type) {
	case BPF_MAP_TYPE_PERCPU_HASH:
	case BPF_MAP_TYPE_PERCPU_ARRAY:
	case BPF_MAP_TYPE_LRU_PERCPU_HASH:
		return true;
	default:
		return false;
	}
}

size_t skep_host_value_bytes(const struct skep_host_map *map)
{
	if (skep_host_is_percpu(map))
		return skep_host_round(map->def.value_size) * skep_host.cpus;
	return map->def.value_size;
}

void *skep_host_value_here(const struct skep_host_map *map, void *value)
{
	if (!value || !skep_host_is_percpu(map))
		return value;
	return (char *)value + skep_host_round(map->def.value_size) * skep_host.cpu;
}

/* A lock in the value stays as it is: whoever writes the value may not write it. */
static void copy_value(const struct skep_host_map *map, void *to, const void *from)
{
	unsigned int lock = 0;

	if (map->has_lock)
		memcpy(&lock, (char *)to + map->lock_at, sizeof(lock));
	memcpy(to, from, map->def.value_size);
	if (map->has_lock)
		memcpy((char *)to + map->lock_at, &lock, sizeof(lock));
}

void skep_host_value_write(const struct skep_host_map *map, void *to, const void *from, bool all,
			   bool fresh)
{
	size_t stride = skep_host_round(map->def.value_size);

	if (!skep_host_is_percpu(map)) {
		copy_value(map, to, from);
		return;
	}
	if (fresh)
		memset(to, 0, stride * skep_host.cpus);
	if (!all) {
		memcpy(skep_host_value_here(map, to), from, map->def.value_size);
		return;
	}
	for (uint32_t cpu = 0; cpu < skep_host.cpus; cpu++)
		memcpy((char *)to + cpu * stride, (const char *)from + cpu * stride,
		       map->def.value_size);
}

/* What all kinds with keys say to flags of an update. */
int skep_host_flags_check(const struct skep_host_map *map, uint64_t flags)
{
	if ((flags & ~(uint64_t)BPF_F_LOCK) > BPF_EXIST)
		return -EINVAL;
	if ((flags & BPF_F_LOCK) && !map->has_lock)
		return -EINVAL;
	return 0;
}
