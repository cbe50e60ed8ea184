/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "sources.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/libbpf.h>

#include "decode.h"
#include "record_type.h"

#define MERGE_EVERY (5 * SKEP_MILLISECOND)

/* One map: a ring, rings, or perf buffers. */
struct source {
	struct sources *of;
	const char *name;
	struct skep_rings *rings;
	struct skep_merge *merge; /* where there are many, and their records have a time; or NULL */
	struct record_forms forms;
};

/* The value of RING in a list of RING=VALUE; NULL when it has none. */
static const char *value_of(const char *const *list, const char *ring)
{
	size_t n = strlen(ring);

	for (; *list; list++)
		if (!strncmp(*list, ring, n) && (*list)[n] == '=')
			return *list + n + 1;
	return NULL;
}

static bool is_source(const struct skep_object *object, const struct skep_map *map)
{
	enum bpf_map_type type = bpf_map__type(skep_map_libbpf(map));

	/* Messages are shown as such: run_log.c. */
	if (!strcmp(skep_map_name(map), "skep_log") && skep_object_has_log(object))
		return false;
	return type == BPF_MAP_TYPE_RINGBUF || type == BPF_MAP_TYPE_PERF_EVENT_ARRAY ||
	       skep_rings_declared(object, skep_map_name(map), NULL);
}

int sources_check(const struct sources *s)
{
	for (const char *const *at = s->records; *at; at++) {
		const struct skep_map *map;
		char ring[64];

		snprintf(ring, sizeof(ring), "%.*s", (int)(strchr(*at, '=') - *at), *at);
		map = skep_object_map(s->object, ring);
		if (!map || !is_source(s->object, map))
			return cli_fail(s->what, NULL, "%s has no ring '%s'", s->path, ring);
	}
	return EXIT_OK;
}

/* A tag that no type is known for is shown by its number. */
static json_t *unknown_tag(const struct source *source, const void *record, size_t bytes)
{
	uint32_t tag;

	if (!source->forms.tagged || bytes < sizeof(tag))
		return NULL;
	memcpy(&tag, record, sizeof(tag));
	return json_integer(tag);
}

static void print_json(const struct source *source, json_t *type, json_t *value)
{
	json_t *line = json_object();

	json_object_set_new(line, "ring", json_string(source->name));
	if (type)
		json_object_set(line, "type", type);
	json_object_set(line, "record", value);
	json_dumpf(line, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(line);
}

static void print_text(const struct source *source, const void *owner, json_t *type, json_t *value)
{
	char name[160];

	if (json_is_string(type))
		snprintf(name, sizeof(name), "%s:%s", source->name, json_string_value(type));
	else if (type)
		snprintf(name, sizeof(name), "%s:%lld", source->name, json_integer_value(type));
	else
		snprintf(name, sizeof(name), "%s", source->name);
	rows_print(&source->of->rows, owner, name, value);
}

static int on_record(const void *record, size_t bytes, void *ctx)
{
	struct source *source = ctx;
	const struct btf *btf = bpf_object__btf(skep_object_libbpf(source->of->object));
	json_t *unknown = unknown_tag(source, record, bytes);
	const struct record_form *form = record_form_of(&source->forms, &record, &bytes);
	json_t *type = form && form->tag ? json_string(form->tag) : json_incref(unknown);
	json_t *value =
		form ? decode(btf, form->type_id, record, bytes) : decode_unknown(record, bytes);

	if (source->of->format == FORMAT_JSON)
		print_json(source, type, value);
	else
		print_text(source, form ? (const void *)form : source, type, value);
	json_decref(value);
	json_decref(type);
	json_decref(unknown);
	return ferror(stdout) ? skep_error_set(errno, NULL, "cannot write to standard output: %s",
					       strerror(errno))
			      : 0;
}

static uint64_t time_of(const void *record, size_t bytes, void *ctx)
{
	const struct source *source = ctx;
	uint64_t time = 0; /* what has none comes at once */

	(void)record_time(&source->forms, record, bytes, &time);
	return time;
}

/* Prints what is old enough. */
static int take_merged(struct source *source)
{
	const void *record;
	size_t bytes;
	int err;

	while (!(err = skep_merge_next_raw(source->merge, &record, &bytes, 0)) || err == -EBADMSG) {
		int ret = err ? 0 : on_record(record, bytes, source);

		if (ret)
			return ret;
	}
	return err == -EAGAIN ? 0 : err;
}

static int on_time(uint64_t expirations, void *ctx)
{
	(void)expirations;
	return take_merged(ctx);
}

static int start(struct source *source)
{
	struct sources *s = source->of;
	struct skep_merge_opts opts = { .sz = sizeof(opts), .time = time_of, .ctx = source };

	if (skep_rings_count(source->rings) < 2 || !record_forms_have_time(&source->forms))
		return skep_loop_add_rings(s->loop, source->rings, on_record, source);
	if (skep_merge_new_raw(&source->merge, source->rings, 0, &opts))
		return -skep_error_last()->code;
	return skep_loop_add_timer(s->loop, MERGE_EVERY, on_time, source);
}

static int open_one(struct sources *s, const char *name)
{
	const char *wanted = value_of(s->records, name);
	struct skep_ring_opts opts = { .sz = sizeof(opts), .any_size = true };
	struct source *source;

	if (s->count == SOURCES_MOST)
		return cli_fail(s->what, NULL, "more than %d rings", SOURCES_MOST);
	source = calloc(1, sizeof(*source));
	if (!source)
		return cli_fail(s->what, NULL, "no memory");
	s->all[s->count++] = source;
	source->of = s;
	source->name = name;
	if (record_forms_read(&source->forms, s->object, name, wanted) < 0)
		return cli_fail(s->what, "types are those that the object's BTF has",
				"%s has no struct '%s'", s->path, wanted);
	if (skep_rings_open_raw(&source->rings, s->object, name, 0, &opts) || start(source))
		return skep_perror(s->what);
	return EXIT_OK;
}

int sources_open(struct sources *s)
{
	struct skep_map *map = NULL;
	int err = EXIT_OK;

	while (!err && (map = skep_object_next_map(s->object, map)))
		if (is_source(s->object, map))
			err = open_one(s, skep_map_name(map));
	return err;
}

int sources_finish(struct sources *s)
{
	int err = 0;

	for (size_t i = 0; i < s->count && !err; i++) {
		if (!s->all[i]->merge)
			continue;
		skep_merge_flush(s->all[i]->merge);
		err = take_merged(s->all[i]);
	}
	return err;
}

void sources_stats(const struct sources *s, struct skep_ring_stats *stats)
{
	*stats = (struct skep_ring_stats){ .counted = true };
	for (size_t i = 0; i < s->count; i++) {
		struct skep_ring_stats one;

		if (!s->all[i]->rings)
			continue;
		skep_rings_stats(s->all[i]->rings, &one);
		stats->consumed += one.consumed;
		stats->dropped += one.dropped;
		stats->discarded += one.discarded;
		stats->counted &= one.counted;
	}
}

void sources_free(struct sources *s)
{
	while (s->count) {
		struct source *source = s->all[--s->count];

		skep_merge_free(source->merge);
		skep_rings_free(source->rings);
		free(source);
	}
}
