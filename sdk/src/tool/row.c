/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A row: which column is next, where its cell stands, and its end. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <skep/error.h>

#include "tool/tool.h"

/* Where columns do not say it: most of a kind fit. */
static const unsigned int usual[] = {
	[SKEP_TOOL_UINT] = 7,     [SKEP_TOOL_INT] = 7,       [SKEP_TOOL_COUNT] = 12,
	[SKEP_TOOL_HEX] = 10,     [SKEP_TOOL_DURATION] = 11, [SKEP_TOOL_ERROR] = 7,
	[SKEP_TOOL_BOOL] = 3,     [SKEP_TOOL_TEXT] = 15,     [SKEP_TOOL_LIST] = 15,
	[SKEP_TOOL_ADDRESS] = 15, [SKEP_TOOL_TIME] = 8,
};

#define KINDS (sizeof(usual) / sizeof(usual[0]))

int skep_tool_fail_none(void)
{
	return skep_error_set(EBADF, "make it with skep_tool_new()", "there is no tool");
}

static bool is_hidden(const struct skep_tool *tool, const struct skep_tool_column *column)
{
	return column->flags & (tool->json ? SKEP_TOOL_ONLY_TEXT : SKEP_TOOL_ONLY_JSON);
}

static bool is_right(const struct skep_tool_column *column)
{
	bool counts = column->kind == SKEP_TOOL_COUNT || column->kind == SKEP_TOOL_DURATION;

	return column->flags & SKEP_TOOL_RIGHT || (counts && !(column->flags & SKEP_TOOL_LEFT));
}

int skep_tool_use_columns(struct skep_tool *tool, const struct skep_tool_column *columns)
{
	size_t count = 0, times = 0, last = SIZE_MAX;

	for (; columns && columns[count].name; count++) {
		const struct skep_tool_column *column = &columns[count];

		if ((unsigned int)column->kind >= KINDS)
			return skep_error_set(EINVAL, "give it one of enum skep_tool_kind",
					      "column '%s' is of kind %d, which is none",
					      column->name, (int)column->kind);
		if (column->kind == SKEP_TOOL_TIME && times++)
			return skep_error_set(EINVAL, "a row has one time; let others be text",
					      "column '%s' is a second time", column->name);
		if (count == SKEP_TOOL_COLUMNS_MOST)
			return skep_error_set(EINVAL, "end the table with { 0 }",
					      "there are more than %d columns",
					      SKEP_TOOL_COLUMNS_MOST);
		if (!(column->flags & SKEP_TOOL_ONLY_JSON))
			last = count;
	}
	tool->columns = columns;
	tool->count = count;
	tool->last = last;
	return 0;
}

void skep_tool_wrong(struct skep_tool *tool, int code, const char *format, ...)
{
	va_list args;

	if (tool->wrong)
		return;
	tool->wrong = code;
	va_start(args, format);
	vsnprintf(tool->why, sizeof(tool->why), format, args);
	va_end(args);
}

void skep_tool_set(struct skep_tool *tool, const char *name, json_t *value)
{
	if (!tool->object)
		tool->object = json_object();
	/* It takes the value over, and refuses one that is NULL for want of memory. */
	if (json_object_set_new(tool->object, name, value))
		skep_tool_wrong(tool, ENOMEM, "no memory for a row");
}

size_t skep_tool_cell_begin(struct skep_tool *tool)
{
	if (tool->line.used)
		skep_tool_buffer_add(&tool->line, " ", 1);
	return tool->line.used;
}

void skep_tool_cell_end(struct skep_tool *tool, const struct skep_tool_column *column, size_t start)
{
	unsigned int width = column->width ? column->width : usual[column->kind];
	size_t is, pad;

	if (tool->line.failed)
		return;
	is = skep_tool_width(tool->line.data + start, tool->line.used - start);
	pad = is < width ? width - is : 0;
	if (is_right(column))
		skep_tool_buffer_indent(&tool->line, start, pad);
	else if (column != &tool->columns[tool->last])
		skep_tool_buffer_repeat(&tool->line, ' ', pad);
	else
		tool->last_pad = pad; /* only before a note */
}

/* Its place is kept: what time it was may be told until the row ends. */
static void put_time(struct skep_tool *tool, const struct skep_tool_column *column)
{
	size_t start;

	if (is_hidden(tool, column))
		return;
	if (tool->json) {
		skep_tool_set(tool, column->name, json_null());
		return;
	}
	start = skep_tool_cell_begin(tool);
	tool->time_at = start;
	skep_tool_buffer_repeat(&tool->line, '-', 8);
	skep_tool_cell_end(tool, column, start);
	if (is_right(column))
		tool->time_at = tool->line.used - 8;
}

static void put_times(struct skep_tool *tool)
{
	while (tool->at < tool->count && tool->columns[tool->at].kind == SKEP_TOOL_TIME)
		put_time(tool, &tool->columns[tool->at++]);
}

const struct skep_tool_column *skep_tool_next(struct skep_tool *tool, unsigned int kinds,
					      const char *call)
{
	const struct skep_tool_column *column;

	if (!tool || tool->wrong)
		return NULL;
	put_times(tool);
	if (tool->at == tool->count) {
		skep_tool_wrong(tool, EPROTOTYPE,
				"%s is called for one cell more than there are columns", call);
		return NULL;
	}
	column = &tool->columns[tool->at];
	if (!(kinds & 1U << column->kind)) {
		skep_tool_wrong(tool, EPROTOTYPE,
				"%s is called where column '%s' is next, which has another kind",
				call, column->name);
		return NULL;
	}
	tool->at++;
	return is_hidden(tool, column) ? NULL : column;
}

/* What time it was is known now. */
static void fill_time(struct skep_tool *tool)
{
	const struct skep_tool_column *column = tool->columns;
	struct timespec when;

	while (column < tool->columns + tool->count && column->kind != SKEP_TOOL_TIME)
		column++;
	if (column == tool->columns + tool->count || is_hidden(tool, column))
		return;
	skep_tool_when(tool, &when);
	if (tool->json)
		skep_tool_set(tool, column->name, skep_tool_json_time(&when));
	else if (!tool->line.failed)
		memcpy(tool->line.data + tool->time_at, skep_tool_clock(tool, &when), 8);
}

static int print_row(struct skep_tool *tool)
{
	int err = 0;

	if (tool->json)
		return skep_tool_write_json(tool, tool->object);
	if (tool->note.used) {
		skep_tool_buffer_repeat(&tool->line, ' ', tool->last_pad);
		skep_tool_cell_begin(tool);
		skep_tool_buffer_add(&tool->line, tool->note.data, tool->note.used);
	}
	skep_tool_buffer_add(&tool->line, "\n", 1);
	if (tool->line.failed || tool->note.failed)
		return skep_error_set(ENOMEM, NULL, "no memory for a row");
	if (!tool->headed)
		err = skep_tool_heading(tool);
	return err ? err : skep_tool_write(tool, tool->line.data, tool->line.used);
}

static void clear_row(struct skep_tool *tool)
{
	skep_tool_buffer_clear(&tool->line);
	skep_tool_buffer_clear(&tool->note);
	json_decref(tool->object);
	tool->object = NULL;
	tool->at = 0;
	tool->last_pad = 0;
	tool->when_ns = 0;
	tool->wrong = 0;
}

int skep_tool_row_end(struct skep_tool *tool)
{
	int err;

	if (!tool)
		return skep_tool_fail_none();
	put_times(tool);
	if (tool->at < tool->count)
		skep_tool_wrong(tool, EPROTOTYPE, "a row ends before column '%s'",
				tool->columns[tool->at].name);
	if (!tool->wrong && tool->count)
		fill_time(tool);
	if (tool->wrong == ENOMEM)
		err = skep_error_set(ENOMEM, NULL, "%s", tool->why);
	else if (tool->wrong)
		err = skep_error_set(tool->wrong, "put one cell for each column, in their order",
				     "%s", tool->why);
	else
		err = print_row(tool);
	clear_row(tool);
	return err;
}

int skep_tool_columns(struct skep_tool *tool, const struct skep_tool_column *columns)
{
	int err;

	if (!tool)
		return skep_tool_fail_none();
	if (tool->at || tool->wrong)
		return skep_error_set(EBUSY, "end it with skep_tool_row_end()",
				      "a row of the columns until now was begun");
	err = skep_tool_use_columns(tool, columns);
	if (!err)
		tool->headed = false;
	return err;
}
