/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* `skep doctor OBJECT...`: what objects would need, and what of it is not here. */
#include "cli.h"
#include "doctor.h"

#include <string.h>

#include <skep/error.h>
#include <skep/needs.h>
#include <skep/object.h>

static int open_needs(struct skep_needs **needs, const char *path)
{
	SKEP_AUTO(skep_object) *object = NULL;
	int err = skep_object_open(&object, path, NULL);

	return err ? err : skep_object_needs(needs, object, NULL);
}

/* "execsnoop.bpf.c:38"; "" where the object does not tell. */
static const char *place_of(const struct skep_need *n, char *place, size_t size)
{
	const char *slash = n->file ? strrchr(n->file, '/') : NULL;

	place[0] = '\0';
	if (n->file)
		snprintf(place, size, "%s:%u", slash ? slash + 1 : n->file, n->line);
	return place;
}

static void print_need(FILE *to, const struct skep_need *n)
{
	char place[256], name[256];

	snprintf(name, sizeof(name), "%s%s%s%s", n->name, n->map ? " (" : "", n->map ? n->map : "",
		 n->map ? ")" : "");
	place_of(n, place, sizeof(place));
	fprintf(to, "  %-2s  %-15s ", doctor_short_answer(n->answer), skep_need_kind_name(n->kind));
	if (place[0])
		fprintf(to, "%-34s  %s\n", name, place);
	else
		fprintf(to, "%s\n", name);
	if (n->answer != SKEP_YES && n->why)
		fprintf(to, "      -- %s\n", n->why);
	if (n->answer == SKEP_NO && n->optional)
		fprintf(to, "      -- the program looks whether it is there before it uses it\n");
	else if (n->answer != SKEP_YES && n->remedy)
		fprintf(to, "      help: %s\n", n->remedy);
}

static bool is_field(const struct skep_need *n)
{
	return n->kind == SKEP_NEED_FIELD || n->kind == SKEP_NEED_TYPE;
}

/* Fields that are there are many, and say little. */
static void print_fields(FILE *to, size_t *found)
{
	if (*found)
		fprintf(to, "  ok  %-15s %zu found\n", "types, fields", *found);
	*found = 0;
}

static void print_title(FILE *to, const char *path, const struct skep_need *n)
{
	if (n->program)
		fprintf(to, "\n%s, program %s\n", path, n->program);
	else
		fprintf(to, "\n%s\n", path);
}

static void print_object(FILE *to, const char *path, const struct skep_needs *needs)
{
	const char *slash = strrchr(path, '/'), *title = slash ? slash + 1 : path;
	const struct skep_need *last = NULL;
	size_t found = 0, lacking = skep_needs_lacking(needs);

	for (const struct skep_need *n = skep_needs_next(needs, NULL); n;
	     n = skep_needs_next(needs, n)) {
		bool same = last &&
			    (last->program == n->program ||
			     (last->program && n->program && !strcmp(last->program, n->program)));

		if (!same) {
			print_fields(to, &found);
			print_title(to, title, n);
		}
		if (is_field(n) && n->answer == SKEP_YES)
			found++;
		else
			print_need(to, n);
		last = n;
	}
	print_fields(to, &found);
	if (lacking)
		fprintf(to, "\n%s needs %zu thing%s that %s not here.\n", title, lacking,
			lacking == 1 ? "" : "s", lacking == 1 ? "is" : "are");
	else
		fprintf(to, "\n%s needs nothing that is known to be lacking here.\n", title);
}

static int fail_open(void)
{
	const struct skep_error *error = skep_error_last();

	return cli_fail("skep doctor", error->hint, "%s", error->message);
}

int doctor_print_needs(FILE *to, char **paths, size_t count)
{
	int result = EXIT_OK;

	for (size_t i = 0; i < count; i++) {
		SKEP_AUTO(skep_needs) *needs = NULL;

		if (open_needs(&needs, paths[i])) {
			fflush(to);
			result = fail_open();
			continue;
		}
		print_object(to, paths[i], needs);
		if (skep_needs_lacking(needs))
			result = EXIT_FAILED;
	}
	return result;
}

static json_t *need_to_json(const struct skep_need *n)
{
	json_t *object = json_object();

	doctor_set_text(object, "kind", skep_need_kind_name(n->kind));
	doctor_set_text(object, "name", n->name);
	doctor_set_answer(object, n->answer, n->since, 0);
	json_object_set_new(object, "optional", json_boolean(n->optional));
	doctor_set_text(object, "program", n->program);
	doctor_set_text(object, "map", n->map);
	doctor_set_text(object, "file", n->file);
	if (n->line)
		json_object_set_new(object, "line", json_integer(n->line));
	doctor_set_text(object, "text", n->text);
	doctor_set_text(object, "why", n->why);
	doctor_set_text(object, "remedy", n->remedy);
	return object;
}

static json_t *object_to_json(const char *path, int *result)
{
	SKEP_AUTO(skep_needs) *needs = NULL;
	json_t *object = json_object(), *list;

	doctor_set_text(object, "path", path);
	if (open_needs(&needs, path)) {
		doctor_set_text(object, "error", skep_error_last()->message);
		doctor_set_text(object, "remedy", skep_error_last()->hint);
		*result = EXIT_FAILED;
		return object;
	}
	if (skep_needs_lacking(needs))
		*result = EXIT_FAILED;
	json_object_set_new(object, "lacking", json_integer((json_int_t)skep_needs_lacking(needs)));
	list = json_array();
	for (const struct skep_need *n = skep_needs_next(needs, NULL); n;
	     n = skep_needs_next(needs, n))
		json_array_append_new(list, need_to_json(n));
	json_object_set_new(object, "needs", list);
	return object;
}

int doctor_needs_json(json_t *all, char **paths, size_t count)
{
	json_t *objects = json_array();
	int result = EXIT_OK;

	for (size_t i = 0; i < count; i++)
		json_array_append_new(objects, object_to_json(paths[i], &result));
	json_object_set_new(all, "objects", objects);
	return result;
}
