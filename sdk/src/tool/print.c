/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What goes to standard output, and notices when that goes nowhere. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <skep/error.h>

#include "tool/tool.h"

/* From the first failure on: what comes later would be a part of what is missing. */
static int fail_write(struct skep_tool *tool, int code)
{
	if (!tool->write_error)
		tool->write_error = code ? code : EIO;
	return skep_error_set(tool->write_error, NULL, "cannot write to standard output: %s",
			      strerror(tool->write_error));
}

int skep_tool_flush(struct skep_tool *tool)
{
	errno = 0;
	if (tool->write_error || fflush(stdout) || ferror(stdout))
		return fail_write(tool, errno);
	return 0;
}

static int flush_later(void *ctx)
{
	struct skep_tool *tool = ctx;

	tool->flush_posted = false;
	return skep_tool_flush(tool);
}

int skep_tool_write(struct skep_tool *tool, const char *data, size_t bytes)
{
	int err = 0;

	errno = 0;
	/* Where lines are written one by one, glibc tells a failure by the flag alone. */
	if (tool->write_error || fwrite(data, 1, bytes, stdout) != bytes || ferror(stdout))
		return fail_write(tool, errno);
	if (!tool->flush_posted)
		err = skep_loop_defer(tool->loop, flush_later, tool);
	tool->flush_posted = !err;
	return err;
}

json_t *skep_tool_json_uint(uint64_t value)
{
	if (value <= INT64_MAX)
		return json_integer((json_int_t)value);
	return json_sprintf("%" PRIu64, value);
}

json_t *skep_tool_json_text(const char *bytes, size_t length)
{
	json_t *value = json_stringn(bytes, length);
	char *copy;

	if (value)
		return value;
	copy = malloc(length + 1);
	if (!copy)
		return NULL;
	for (size_t i = 0; i < length;) {
		uint32_t c;
		size_t n = skep_tool_utf8(bytes + i, length - i, &c);

		if (n)
			memcpy(copy + i, bytes + i, n);
		else
			copy[i] = '?';
		i += n + !n;
	}
	value = json_stringn(copy, length);
	free(copy);
	return value;
}

static int take_json(const char *data, size_t bytes, void *ctx)
{
	struct skep_tool_buffer *buffer = ctx;

	skep_tool_buffer_add(buffer, data, bytes);
	return buffer->failed ? -1 : 0;
}

/* JSON has escapes for these too, and may be shown by a terminal. It is in strings only. */
static void add_safe(struct skep_tool_buffer *to, const char *json, size_t length)
{
	while (length) {
		uint32_t c = 0;
		size_t n = skep_tool_utf8(json, length, &c);
		char text[8];

		n += !n;
		if (skep_tool_is_control(c))
			skep_tool_buffer_add(to, text,
					     (size_t)snprintf(text, sizeof(text), "\\u%04x", c));
		else
			skep_tool_buffer_add(to, json, n);
		json += n;
		length -= n;
	}
}

static bool is_ascii(const struct skep_tool_buffer *text)
{
	for (size_t i = 0; i < text->used; i++)
		if ((unsigned char)text->data[i] >= 0x7f)
			return false;
	return true;
}

int skep_tool_write_json(struct skep_tool *tool, const json_t *value)
{
	struct skep_tool_buffer *line = &tool->line, *safe = &tool->note;

	skep_tool_buffer_clear(line);
	skep_tool_buffer_clear(safe);
	if (value)
		json_dump_callback(value, take_json, line, JSON_COMPACT);
	else
		skep_tool_buffer_add(line, "{}", 2); /* nothing was known */
	if (!line->failed && !is_ascii(line)) {
		add_safe(safe, line->data, line->used);
		line = safe;
	}
	skep_tool_buffer_add(line, "\n", 1);
	if (line->failed)
		return skep_error_set(ENOMEM, NULL, "no memory for a row");
	return skep_tool_write(tool, line->data, line->used);
}

static void add_heading(struct skep_tool *tool, const struct skep_tool_column *column)
{
	size_t start = skep_tool_cell_begin(tool);

	if (column->heading)
		skep_tool_buffer_add(&tool->line, column->heading, strlen(column->heading));
	for (const char *c = column->heading ? "" : column->name; *c; c++) {
		char upper = (char)toupper((unsigned char)*c);

		skep_tool_buffer_add(&tool->line, &upper, 1);
	}
	skep_tool_cell_end(tool, column, start);
}

/* A row that is there already waits meanwhile. */
int skep_tool_heading(struct skep_tool *tool)
{
	struct skep_tool_buffer row = tool->line;
	int err;

	tool->headed = true;
	if (tool->json || tool->last >= tool->count)
		return 0;
	tool->line = (struct skep_tool_buffer){ 0 };
	for (size_t i = 0; i < tool->count; i++)
		if (!(tool->columns[i].flags & SKEP_TOOL_ONLY_JSON))
			add_heading(tool, &tool->columns[i]);
	skep_tool_buffer_add(&tool->line, "\n", 1);
	if (tool->line.failed)
		err = skep_error_set(ENOMEM, NULL, "no memory for a heading");
	else
		err = skep_tool_write(tool, tool->line.data, tool->line.used);
	skep_tool_buffer_free(&tool->line);
	tool->line = row;
	return err;
}
