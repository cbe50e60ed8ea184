/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "rows.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static int width_of(const char *key, json_t *value)
{
	int least = json_is_string(value) ? 16 : 8, n = (int)strlen(key);

	return n > least ? n : least;
}

static void print_heading(FILE *out, const char *name, json_t *object)
{
	const char *key;
	json_t *value;

	fprintf(out, "%-12s", name);
	json_object_foreach(object, key, value) {
		int width = width_of(key, value), n = fprintf(out, " ") - 1;

		for (const char *c = key; *c; c++)
			n += fputc(toupper((unsigned char)*c), out) != EOF;
		fprintf(out, "%*s", width - n, "");
	}
	fputc('\n', out);
}

/* Text is shown in one line: what would move the cursor is escaped. */
static int print_text(FILE *out, const char *text)
{
	int n = 0;

	for (; *text; text++)
		n += iscntrl((unsigned char)*text) ? fprintf(out, "\\x%02x", *text)
						   : fputc(*text, out) != EOF;
	return n;
}

static void print_value(FILE *out, const char *key, json_t *value)
{
	int width = width_of(key, value), n = 0;
	char *text;

	fputc(' ', out);
	if (json_is_string(value)) {
		n = print_text(out, json_string_value(value));
	} else {
		text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
		n = fprintf(out, "%s", text ? text : "");
		free(text);
	}
	fprintf(out, "%*s", n < width ? width - n : 0, "");
}

void rows_print(struct rows *rows, const void *owner, const char *name, json_t *object)
{
	const char *key;
	json_t *value;

	if (!json_is_object(object)) {
		fprintf(rows->out, "%-12s %s\n", name, json_string_value(object));
		return;
	}
	if (rows->last != owner)
		print_heading(rows->out, "RING", object);
	rows->last = owner;
	fprintf(rows->out, "%-12s", name);
	json_object_foreach(object, key, value) print_value(rows->out, key, value);
	fputc('\n', rows->out);
}
