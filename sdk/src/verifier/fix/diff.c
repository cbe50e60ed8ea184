/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Edits of lines as a unified diff, as patch -p0 and git apply -p0 take it. */
#include <stdio.h>
#include <stdlib.h>

#include "change.h"

#define AROUND 3

struct hunk {
	const struct skep_edit *edits;
	size_t count;
	unsigned from, to; /* lines of the file, `to` not among them */
};

static unsigned count_lines(const struct skep_ctext *c)
{
	return skep_ctext_line_of(c, c->length) - (c->length && c->text[c->length - 1] == '\n');
}

static unsigned lines_of(const char *text)
{
	unsigned lines = 0;

	for (; *text; text++)
		lines += *text == '\n' || !text[1];
	return lines;
}

/* A line with its mark; the last of a file may lack its end. */
static void put_line(FILE *out, char mark, const char *line, size_t length)
{
	fprintf(out, "%c%.*s", mark, (int)length, line);
	if (!length || line[length - 1] != '\n')
		fputs("\n\\ No newline at end of file\n", out);
}

static void put_old(FILE *out, const struct skep_ctext *c, char mark, unsigned from, unsigned to)
{
	for (; from < to; from++) {
		size_t start = skep_ctext_line(c, from), end;

		if (start == SKEP_NOWHERE)
			return;
		end = skep_ctext_line_end(c, start);
		put_line(out, mark, c->text + start, end - start + (end < c->length));
	}
}

static void put_new(FILE *out, const char *text)
{
	while (*text) {
		size_t n = strcspn(text, "\n");

		n += text[n] == '\n';
		put_line(out, '+', text, n);
		text += n;
	}
}

/* `delta`: how many lines the hunks before this one have added. */
static void put_hunk(FILE *out, const struct skep_ctext *c, const struct hunk *hunk, long *delta)
{
	unsigned old = hunk->to - hunk->from, at = hunk->from;
	long grown = 0;

	for (size_t i = 0; i < hunk->count; i++)
		grown += (long)lines_of(hunk->edits[i].text) - (long)hunk->edits[i].removed;
	fprintf(out, "@@ -%u,%u +%ld,%ld @@\n", hunk->from, old, (long)hunk->from + *delta,
		(long)old + grown);
	for (size_t i = 0, next; i < hunk->count; i = next) {
		put_old(out, c, ' ', at, hunk->edits[i].line);
		at = hunk->edits[i].line;
		/* What touches is one change: what goes, then what comes. */
		for (next = i; next < hunk->count && hunk->edits[next].line == at; next++) {
			put_old(out, c, '-', at, at + hunk->edits[next].removed);
			at += hunk->edits[next].removed;
		}
		for (; i < next; i++)
			put_new(out, hunk->edits[i].text);
	}
	put_old(out, c, ' ', at, hunk->to);
	*delta += grown;
}

static void put_hunks(FILE *out, const struct skep_edit *edits, size_t count,
		      const struct skep_ctext *c)
{
	unsigned lines = count_lines(c);
	long delta = 0;

	for (size_t i = 0; i < count;) {
		struct hunk hunk = { .edits = &edits[i] };

		hunk.from = edits[i].line > AROUND ? edits[i].line - AROUND : 1;
		do {
			hunk.to = edits[i].line + edits[i].removed + AROUND;
			hunk.count++;
			i++;
		} while (i < count && edits[i].line <= hunk.to + AROUND);
		if (hunk.to > lines + 1)
			hunk.to = lines + 1;
		put_hunk(out, c, &hunk, &delta);
	}
}

const char *skep_edits_diff(const struct skep_edit *edits, size_t count, const struct skep_ctext *c,
			    const char *name, struct skep_arena *arena)
{
	char *text = NULL;
	const char *copy = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);

	if (!out) {
		arena->failed = true;
		return NULL;
	}
	fprintf(out, "--- %s\n+++ %s\n", name, name);
	put_hunks(out, edits, count, c);
	if (fclose(out))
		arena->failed = true;
	else
		copy = skep_arena_copy(arena, (struct skep_span){ text, length });
	free(text);
	return copy;
}
