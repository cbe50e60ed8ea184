/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A loop over the keys of a per-CPU map, which shows values where the kernel has put them. */
#include "percpu.h"

#include <stdlib.h>
#include <string.h>

#include "batch.h"
#include "want.h"

struct skep_percpu_iter {
	struct skep_map_iter *entries;
	size_t key_bytes;
	struct skep_percpu view;
};

struct skep_percpu_iter *skep_percpu_iter_new(const struct skep_map *map, int *err)
{
	SKEP_AUTO(skep_percpu_iter) *iter = NULL;
	const struct skep_cpus *cpus;

	*err = skep_map_want(map, SKEP_ACCESS_PERCPU, "values for each CPU");
	if (*err)
		return NULL;
	cpus = skep_cpus_possible();
	if (!cpus) {
		*err = -skep_error_last()->code;
		return NULL;
	}
	iter = calloc(1, sizeof(*iter));
	if (!iter) {
		*err = skep_fail(ENOMEM, "no memory to go through map '%s'", map->name);
		return NULL;
	}
	iter->entries = skep_map_iter_start(map, SKEP_PASSAGE_READ, err);
	if (!iter->entries)
		return NULL;
	iter->key_bytes = map->key_bytes;
	skep_percpu_lend(&iter->view, map, cpus, NULL);
	return SKEP_TAKE(iter);
}

bool skep_percpu_iter_next(struct skep_percpu_iter *iter, void *key, struct skep_percpu **view)
{
	const void *its_key, *its_values;

	if (!iter || !skep_map_iter_show(iter->entries, &its_key, &its_values)) {
		*view = NULL;
		return false;
	}
	if (key)
		memcpy(key, its_key, iter->key_bytes);
	/* What the view shows is the iteration's buffer: the caller's to write, too. */
	iter->view.bytes = (unsigned char *)(uintptr_t)its_values;
	*view = &iter->view;
	return true;
}

void skep_percpu_iter_free(struct skep_percpu_iter *iter)
{
	SKEP_KEEP_ERROR;

	if (!iter)
		return;
	skep_map_iter_free(iter->entries);
	free(iter);
}
