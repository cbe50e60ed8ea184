/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Values of per-CPU maps: one for each possible CPU. Public side: <skep/map/percpu.h>. */
#ifndef SKEP_MAP_PERCPU_PRIVATE_H
#define SKEP_MAP_PERCPU_PRIVATE_H

#include <skep/map/percpu.h>

#include "map.h"

/* CPUs that this machine may ever have: what the kernel copies a value for, in this order. */
struct skep_cpus {
	uint32_t count;
	bool sparse; /* numbers[i] is not i for all */
	uint32_t numbers[];
};

#define SKEP_CPUS_MOST 16384 /* twice the kernel's largest NR_CPUS */

/*
 * Reads a list as of /sys/devices/system/cpu/possible: "0-3,8". Ascending, without repetition.
 * Returns how many, and writes as many as `room`; or -EINVAL, without words.
 */
int skep_cpus_parse(const char *list, uint32_t *numbers, size_t room);

/* Known once, for good. NULL in words when it cannot be learned. */
const struct skep_cpus *skep_cpus_possible(void);

/* Bytes from the value of one CPU to the next one's, and of all of them. */
static inline size_t skep_percpu_stride(const struct skep_map *map)
{
	return ((size_t)map->value_bytes + 7) & ~(size_t)7;
}

static inline size_t skep_percpu_bytes(const struct skep_map *map, const struct skep_cpus *cpus)
{
	return skep_percpu_stride(map) * cpus->count;
}

/* A view of values that somebody else owns. */
void skep_percpu_lend(struct skep_percpu *out, const struct skep_map *map,
		      const struct skep_cpus *cpus, void *bytes);

#endif
