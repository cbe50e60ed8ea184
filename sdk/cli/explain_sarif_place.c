/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "explain_sarif_place.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BASE "%SRCROOT%"

/* A path from the root as a URI. */
static json_t *file_uri(const char *path, const char *end)
{
	char *uri = form_uri(path);
	json_t *string = uri ? form_printf("file://%s%s", uri, end) : NULL;

	free(uri);
	return string;
}

json_t *sarif_base(void)
{
	json_t *bases = json_object(), *base = json_object();
	char *here = get_current_dir_name();

	if (here)
		json_object_set_new(base, "uri", file_uri(here, here[1] ? "/" : ""));
	json_object_set_new(bases, BASE, base);
	free(here);
	return bases;
}

/* Above the current folder: from the root, because `..` is nothing that readers resolve alike. */
static char *above(const char *path)
{
	char *here = get_current_dir_name(), *whole = NULL;
	size_t length = here ? strlen(here) : 0;

	while (!strncmp(path, "..", 2) && (!path[2] || path[2] == '/')) {
		while (length && here[--length] != '/')
			;
		path += path[2] ? 3 : 2;
	}
	if (asprintf(&whole, "%.*s/%s", (int)length, here ? here : "", path) < 0)
		whole = NULL;
	free(here);
	return whole;
}

static json_t *artifact(const struct show *show, const char *file)
{
	json_t *object = json_object();
	char *path = form_path(show, file), *uri;

	if (path && !strncmp(path, "../", 3)) {
		char *whole = above(path);

		free(path);
		path = whole;
	}
	if (path && *path == '/') {
		json_object_set_new(object, "uri", file_uri(path, ""));
	} else if (path) {
		uri = form_uri(path);
		json_object_set_new(object, "uri", form_text(uri));
		json_object_set_new(object, "uriBaseId", json_string(BASE));
		free(uri);
	}
	free(path);
	return object;
}

static json_t *region(const struct skep_place *place)
{
	json_t *object = json_object();

	json_object_set_new(object, "startLine", json_integer(place->line));
	if (place->column)
		json_object_set_new(object, "startColumn", json_integer(place->column));
	if (place->text)
		json_object_set_new(object, "snippet",
				    json_pack("{so}", "text", form_text(place->text)));
	return object;
}

static json_t *logical_location(const char *program, const struct skep_place *place)
{
	json_t *object = json_object();

	json_object_set_new(object, "name", form_text(place->function ? place->function : program));
	if (place->function && program)
		json_object_set_new(object, "fullyQualifiedName",
				    form_printf("%s/%s", program, place->function));
	json_object_set_new(object, "kind", json_string("function"));
	return object;
}

json_t *sarif_location(const struct show *show, const char *program, const struct skep_place *place)
{
	json_t *location = json_object(), *physical;

	if (place->file && place->line) {
		physical = json_object();
		json_object_set_new(physical, "artifactLocation", artifact(show, place->file));
		json_object_set_new(physical, "region", region(place));
		json_object_set_new(location, "physicalLocation", physical);
	}
	if (program || place->function)
		json_object_set_new(location, "logicalLocations",
				    json_pack("[o]", logical_location(program, place)));
	return location;
}

/* Whole lines: from the beginning of the first to that of the one behind the last. */
static json_t *replacement(const struct skep_edit *edit)
{
	json_t *object = json_object(), *deleted = json_object();

	json_object_set_new(deleted, "startLine", json_integer(edit->line));
	json_object_set_new(deleted, "startColumn", json_integer(1));
	json_object_set_new(deleted, "endLine",
			    json_integer((json_int_t)edit->line + edit->removed));
	json_object_set_new(deleted, "endColumn", json_integer(1));
	json_object_set_new(object, "deletedRegion", deleted);
	if (*edit->text)
		json_object_set_new(object, "insertedContent",
				    json_pack("{so}", "text", form_text(edit->text)));
	return object;
}

/* Edits of one file belong together. */
static json_t *changes(const struct show *show, const struct skep_fix *fix)
{
	json_t *array = json_array(), *change, *replacements;

	for (size_t i = 0; i < fix->edit_count; i++) {
		size_t first = 0;

		while (strcmp(fix->edits[first].file, fix->edits[i].file))
			first++;
		if (first < i)
			continue;
		change = json_object();
		replacements = json_array();
		for (size_t e = i; e < fix->edit_count; e++)
			if (!strcmp(fix->edits[e].file, fix->edits[i].file))
				json_array_append_new(replacements, replacement(&fix->edits[e]));
		json_object_set_new(change, "artifactLocation", artifact(show, fix->edits[i].file));
		json_object_set_new(change, "replacements", replacements);
		json_array_append_new(array, change);
	}
	return array;
}

json_t *sarif_fixes(const struct show *show, const struct skep_diagnostic *d)
{
	json_t *array = json_array();

	for (size_t i = 0; i < d->fix_count; i++) {
		const struct skep_fix *fix = &d->fixes[i];
		bool machine = fix->applicability == SKEP_FIX_MACHINE;
		json_t *object, *text;

		if (!fix->edit_count)
			continue;
		object = json_object();
		text = form_printf("%s%s", fix->text, machine ? "" : " (look at the names)");
		json_object_set_new(object, "description", json_pack("{so}", "text", text));
		json_object_set_new(object, "artifactChanges", changes(show, fix));
		json_array_append_new(array, object);
	}
	return array;
}
