/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Bytes of a hash's keys that belong to no field: keys that are equal in every field differ in
 * them. Told once for each map, to who listens.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/btf.h>
#include <linux/bpf.h>

#include "base/fail.h"
#include "base/logging.h"
#include "base/text.h"
#include "layout.h"

#define REMEMBERED 256

/* The numbers of maps that were looked at; the oldest is forgotten. */
static bool is_new(uint32_t id)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	static uint32_t seen[REMEMBERED];
	static unsigned int next;
	bool found = false;

	pthread_mutex_lock(&lock);
	for (unsigned int i = 0; i < REMEMBERED && !found; i++)
		found = seen[i] == id;
	if (!found)
		seen[next++ % REMEMBERED] = id;
	pthread_mutex_unlock(&lock);
	return !found;
}

static bool is_hash(uint32_t type)
{
	return type == BPF_MAP_TYPE_HASH || type == BPF_MAP_TYPE_PERCPU_HASH ||
	       type == BPF_MAP_TYPE_LRU_HASH || type == BPF_MAP_TYPE_LRU_PERCPU_HASH ||
	       type == BPF_MAP_TYPE_HASH_OF_MAPS || type == BPF_MAP_TYPE_SOCKHASH;
}

/* Marks what fields cover: an array of structs in each of its elements. */
static void cover(const struct skep_layout *key, unsigned char *covered, uint32_t at,
		  const struct skep_field *field);

static void cover_inside(const struct skep_layout *key, unsigned char *covered, uint32_t at,
			 const struct skep_field *outer)
{
	size_t length = strlen(outer->name);

	for (size_t i = 0; i < key->count; i++) {
		const struct skep_field *f = skep_layout_field(key, i);

		/* All that is deeper comes too, again and again: it is only marked. */
		if (!strncmp(f->name, outer->name, length) &&
		    (f->name[length] == '.' || f->name[length] == '['))
			cover(key, covered, at + (f->offset - outer->offset), f);
	}
}

static void cover(const struct skep_layout *key, unsigned char *covered, uint32_t at,
		  const struct skep_field *field)
{
	uint32_t elements = 1, bytes = field->bytes;

	/* Of a union it is not known which member counts, so all of it does. */
	if (field->kind != SKEP_FIELD_STRUCT) {
		if (field->bits)
			bytes = (field->bit + field->bits + 7U) / 8;
		for (uint32_t i = 0; i < bytes && at + i < key->bytes; i++)
			covered[at + i] = 1;
		return;
	}
	for (int i = 0; i < 3 && field->counts[i]; i++)
		elements *= field->counts[i];
	for (uint32_t i = 0; elements && i < elements; i++)
		cover_inside(key, covered, at + i * (field->bytes / elements), field);
}

static void say(const struct skep_map *map, const struct skep_layout *key,
		const unsigned char *covered)
{
	struct skep_text holes = { 0 };
	size_t end = 0;

	for (size_t at = 0; at < key->bytes; at = end) {
		char text[64];

		for (end = at; end < key->bytes && covered[end] == covered[at]; end++)
			;
		if (covered[at])
			continue;
		snprintf(text, sizeof(text), "%zu byte%s at offset %zu", end - at,
			 end - at == 1 ? "" : "s", at);
		skep_text_add_name(&holes, text);
	}
	if (holes.used)
		skep_log(SKEP_LOG_WARN,
			 "map '%s': its key, %s, has padding: %s; zero keys before filling them, "
			 "since equal keys must be equal in every byte",
			 map->name, key->type, holes.buf);
}

void skep_layout_warn_holes(const struct skep_map *map, const struct btf *btf)
{
	struct skep_map_types types;
	unsigned char *covered;

	if (!is_hash(map->type) || !map->btf_key || !skep_log_wants(SKEP_LOG_WARN) || !map->id ||
	    !is_new(map->id))
		return;
	SKEP_KEEP_ERROR; /* this is news, and no failure */
	if (skep_map_types_read(&types, map, btf))
		return;
	covered = types.key ? calloc(1, types.key->bytes) : NULL;
	if (covered) {
		for (size_t i = 0; i < types.key->count; i++) {
			const struct skep_field *field = skep_layout_field(types.key, i);

			/* What is in an array of structs is reached through that. */
			if (!strchr(field->name, '['))
				cover(types.key, covered, field->offset, field);
		}
		say(map, types.key, covered);
	}
	free(covered);
	skep_map_types_free(&types);
}
