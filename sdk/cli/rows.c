/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "rows.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define WIDEST 32 /* a column grows so far; what is longer than that moves the rest of its line */

/* C1 controls, such as the one-byte CSI, are two bytes in UTF-8. */
static bool is_control(const char *text)
{
	unsigned char c = (unsigned char)text[0], next = (unsigned char)text[1];

	return iscntrl(c) || (c == 0xc2 && next >= 0x80 && next < 0xa0);
}

/* Text is shown in one line: what would move the cursor is escaped. */
static char *escaped(const char *text)
{
	char *copy = malloc(strlen(text) * 4 + 1), *to = copy;

	for (; copy && *text; text++) {
		size_t bytes = is_control(text) ? (iscntrl((unsigned char)*text) ? 1 : 2) : 0;

		if (!bytes)
			*to++ = *text;
		for (size_t i = 0; i < bytes; i++)
			to += sprintf(to, "\\x%02x", (unsigned int)(unsigned char)text[i]);
		text += bytes ? bytes - 1 : 0;
	}
	if (copy)
		*to = '\0';
	return copy;
}

static char *cell(json_t *value)
{
	if (json_is_string(value))
		return escaped(json_string_value(value));
	return json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
}

/* In characters, not bytes. */
static int width_of(const char *text)
{
	int n = 0;

	for (; *text; text++)
		n += (*text & 0xc0) != 0x80;
	return n;
}

/* Columns beyond the last share its width. */
static int *width_at(struct rows *rows, size_t column)
{
	return &rows->widths[column < ROWS_COLUMNS ? column : ROWS_COLUMNS - 1];
}

static bool widen(int *width, int wanted)
{
	if (wanted > WIDEST)
		wanted = WIDEST;
	if (wanted <= *width)
		return false;
	*width = wanted;
	return true;
}

static void print_padded(FILE *out, const char *text, int width)
{
	int n = width_of(text);

	fprintf(out, "%s%*s", text, n < width ? width - n : 0, "");
}

static void print_heading(struct rows *rows, json_t *object)
{
	size_t column = 1;
	const char *key;
	json_t *value;

	print_padded(rows->out, "RING", rows->widths[0]);
	json_object_foreach(object, key, value) {
		int n = *width_at(rows, column++) - width_of(key);

		fputc(' ', rows->out);
		for (const char *c = key; *c; c++)
			fputc(toupper((unsigned char)*c), rows->out);
		if (column <= json_object_size(object))
			fprintf(rows->out, "%*s", n > 0 ? n : 0, "");
	}
	fputc('\n', rows->out);
}

/* Makes room for this line; true when a column had to grow. */
static bool fit(struct rows *rows, const char *name, json_t *object, char **cells)
{
	bool grew = widen(&rows->widths[0], width_of(name) > 12 ? width_of(name) : 12);
	size_t column = 1;
	const char *key;
	json_t *value;

	json_object_foreach(object, key, value) {
		int *width = width_at(rows, column);
		const char *text = cells[column - 1];

		if (column++ == json_object_size(object))
			break; /* nothing stands behind it */
		grew |= widen(width, json_is_string(value) ? 16 : 8);
		grew |= widen(width, width_of(key));
		grew |= widen(width, text ? width_of(text) : 0);
	}
	return grew;
}

static void print_cells(struct rows *rows, const char *name, size_t count, char **cells)
{
	print_padded(rows->out, name, rows->widths[0]);
	for (size_t i = 0; i < count; i++) {
		fputc(' ', rows->out);
		print_padded(rows->out, cells[i] ? cells[i] : "",
			     i + 1 < count ? *width_at(rows, i + 1) : 0);
		free(cells[i]);
	}
	fputc('\n', rows->out);
}

static void print_object(struct rows *rows, const void *owner, const char *name, json_t *object)
{
	char **cells = calloc(json_object_size(object) + 1, sizeof(*cells));
	size_t count = 0;
	const char *key;
	json_t *value;

	if (!cells)
		return;
	json_object_foreach(object, key, value)
		cells[count++] = cell(value);
	if (rows->last != owner)
		memset(rows->widths, 0, sizeof(rows->widths));
	if (fit(rows, name, object, cells))
		print_heading(rows, object);
	rows->last = owner;
	print_cells(rows, name, count, cells);
	free(cells);
}

void rows_print(struct rows *rows, const void *owner, const char *name, json_t *value)
{
	char *text;

	if (json_is_object(value)) {
		print_object(rows, owner, name, value);
		return;
	}
	text = cell(value);
	fprintf(rows->out, "%-12s %s\n", name, text ? text : "");
	free(text);
}
