/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What an entry costs in small maps and large ones, and with small values and large ones. */
#include "map.h"

#include <stdlib.h>

#define MOST_BYTES (256u << 20)

/* ns for each entry of three readings: the least, since nothing is compared here. */
static double read_raw(const struct skep_map *map, uint64_t entries, bool unlocked)
{
	double least = 1e18;

	for (int i = 0; i < 3; i++) {
		struct skep_map_snapshot *all = NULL;
		double began = now_ns(), took;

		check("snapshot", skep_map_snapshot_raw(
					  &all, map, 0, 0,
					  SKEP_OPTS(skep_map_snapshot_opts, .unlocked = unlocked)));
		took = (now_ns() - began) / (double)entries;
		expect("snapshot", all->count, entries);
		skep_map_snapshot_free(all);
		least = took < least ? took : least;
	}
	return least;
}

static double iterate_raw(const struct skep_map *map, uint64_t entries, void *value)
{
	double least = 1e18;

	for (int i = 0; i < 3; i++) {
		int err;
		struct skep_map_iter *iter = skep_map_iter_new(map, &err);
		uint64_t key, count = 0;
		double began = now_ns(), took;

		while (skep_map_iter_next(iter, &key, value))
			count++;
		took = (now_ns() - began) / (double)entries;
		skep_map_iter_free(iter);
		check("iteration", err);
		expect("iteration", count, entries);
		least = took < least ? took : least;
	}
	return least;
}

static void measure(uint32_t entries, uint32_t value_bytes)
{
	struct skep_map *map = create(BPF_MAP_TYPE_HASH, value_bytes, entries, 0);
	char *value = calloc(1, value_bytes);

	for (uint64_t key = 0; key < entries; key++)
		check("put", skep_map_put_raw(map, &key, value, SKEP_PUT_ANY));
	printf("# hash of %u, values of %u bytes, ns an entry: iteration %.0f, snapshot %.0f, "
	       "unlocked %.0f\n",
	       entries, value_bytes, iterate_raw(map, entries, value),
	       read_raw(map, entries, false), read_raw(map, entries, true));
	free(value);
	skep_map_free(map);
}

void measure_curves(void)
{
	for (uint32_t entries = 1024; entries <= 4u << 20; entries *= 8)
		measure(entries, 8);
	measure(4u << 20, 8);
	for (uint32_t bytes = 8; bytes <= 1024; bytes *= 4)
		measure(1u << 17, bytes);
	measure(1u << 17, 1024);
}
