/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "watch_lines.h"

#include <linux/bpf.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct bpf_line_info *record_at(const struct watch_lines *lines, uint32_t i)
{
	return (const void *)((const char *)lines->records + (size_t)i * lines->record_bytes);
}

/* The one in force at an instruction: they are in the order of instructions. */
static const struct bpf_line_info *find(const struct watch_lines *lines, uint32_t insn)
{
	uint32_t from = 0, to = lines->count;

	while (from < to) {
		uint32_t middle = from + (to - from) / 2;

		if (record_at(lines, middle)->insn_off <= insn)
			from = middle + 1;
		else
			to = middle;
	}
	return from ? record_at(lines, from - 1) : NULL;
}

/* The number that a line about an instruction begins with. */
static bool read_insn(const char *line, uint32_t *insn)
{
	char *end;
	unsigned long number;

	if (*line < '0' || *line > '9')
		return false;
	number = strtoul(line, &end, 10);
	*insn = (uint32_t)number;
	return end[0] == ':' && end[1] == ' ' && number < UINT32_MAX;
}

static bool is_same_text(const char *line, size_t length, const char *text)
{
	text += strspn(text, " \t");
	return strlen(text) == length && !memcmp(line, text, length);
}

static bool has_place(const char *line, size_t length)
{
	static const char mark[] = " @ ";

	return memmem(line, length, mark, sizeof(mark) - 1);
}

/* `line`: behind "; "; `next`: the line behind it. */
static void add_place(const struct watch_lines *lines, const char *line, size_t length,
		      const char *next, FILE *to)
{
	const struct bpf_line_info *record;
	const char *file, *text, *slash;
	uint32_t insn;

	if (!read_insn(next, &insn) || has_place(line, length))
		return;
	record = find(lines, insn);
	if (!record)
		return;
	text = btf__str_by_offset(lines->btf, record->line_off);
	file = btf__str_by_offset(lines->btf, record->file_name_off);
	if (!text || !file || !*file || !is_same_text(line, length, text))
		return;
	slash = strrchr(file, '/');
	fprintf(to, " @ %s:%u", slash ? slash + 1 : file, BPF_LINE_INFO_LINE_NUM(record->line_col));
}

char *watch_lines_place(const struct watch_lines *lines, const char *log, size_t *bytes)
{
	char *placed = NULL;
	size_t placed_bytes = 0;
	FILE *to;

	if (!lines->records || lines->record_bytes < sizeof(struct bpf_line_info))
		return NULL;
	to = open_memstream(&placed, &placed_bytes);
	if (!to)
		return NULL;
	while (*log) {
		size_t length = strcspn(log, "\n");
		const char *next = log + length + (log[length] == '\n');

		fwrite(log, 1, length, to);
		if (length > 2 && !memcmp(log, "; ", 2))
			add_place(lines, log + 2, length - 2, next, to);
		if (log[length])
			putc('\n', to);
		log = next;
	}
	if (fclose(to)) {
		free(placed);
		return NULL;
	}
	*bytes = placed_bytes;
	return placed;
}
