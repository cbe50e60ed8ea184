/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Filling a map from a function, in batches. */
#include "batch.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fail.h"

#define MOST_ENTRIES 4096
#define MOST_BYTES   (1u << 20)

struct skep_map_filler {
	const struct skep_map *map;
	size_t room;
	size_t count;      /* entries given out; the last may not be written yet */
	uint64_t failures; /* of this thread, before the function was called */
	unsigned char *keys, *values;
};

int skep_map_filler_new(struct skep_map_filler **out, const struct skep_map *map)
{
	SKEP_AUTO(skep_map_filler) *f = NULL;
	size_t room = 0;
	int err = skep_map_put_batch_raw(map, NULL, NULL, &room, SKEP_PUT_ANY);

	if (err)
		return err; /* not open, or of another kind */
	room = MOST_BYTES / (map->key_bytes + map->value_bytes);
	if (room > MOST_ENTRIES)
		room = MOST_ENTRIES;
	f = calloc(1, sizeof(*f));
	if (f) {
		f->map = map;
		f->room = room ? room : 1;
		f->keys = malloc(f->room * map->key_bytes);
		f->values = malloc(f->room * map->value_bytes);
	}
	if (!f || !f->keys || !f->values)
		return skep_fail(ENOMEM, "no memory to fill map '%s'", map->name);
	*out = SKEP_TAKE(f);
	return 0;
}

static int put_waiting(struct skep_map_filler *f, size_t count)
{
	f->count = 0;
	return skep_map_put_batch_raw(f->map, f->keys, f->values, &count, SKEP_PUT_ANY);
}

int skep_map_filler_room(struct skep_map_filler *f, void **key, void **value)
{
	if (f->count == f->room) {
		int err = put_waiting(f, f->count);

		if (err)
			return err;
	}
	*key = memset(f->keys + f->count * f->map->key_bytes, 0, f->map->key_bytes);
	*value = memset(f->values + f->count * f->map->value_bytes, 0, f->map->value_bytes);
	f->count++;
	f->failures = skep_error_count();
	return 0;
}

int skep_map_filler_end(struct skep_map_filler *f, int result)
{
	bool said = result && skep_error_count() != f->failures;
	int err = f->count ? put_waiting(f, f->count - 1) : 0;

	if (err || !result || said) /* a function that said in words why keeps them */
		return err ? err : result;
	return skep_fail(result, "the function that fills map '%s' returned %d", f->map->name,
			 result);
}

void skep_map_filler_free(struct skep_map_filler *f)
{
	if (!f)
		return;
	free(f->keys);
	free(f->values);
	free(f);
}
