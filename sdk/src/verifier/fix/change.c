/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "change.h"

#include <stdio.h>
#include <stdlib.h>

void skep_changes_add(struct skep_changes *changes, size_t at, size_t removed, const char *text)
{
	size_t i = changes->count;

	if (changes->count == SKEP_CHANGES_MOST || at == SKEP_NOWHERE || !text) {
		changes->failed = true;
		return;
	}
	for (; i > 0 && changes->at[i - 1].at > at; i--)
		changes->at[i] = changes->at[i - 1];
	changes->at[i] = (struct skep_change){ at, removed, text };
	changes->count++;
}

static bool is_whole_lines(const struct skep_ctext *c, const struct skep_change *change)
{
	size_t n = strlen(change->text);

	return !change->removed && n && change->text[n - 1] == '\n' &&
	       (!change->at || c->text[change->at - 1] == '\n');
}

/* The lines that changes from `*first` on touch together; `*first` moves behind them. */
static void find_group(const struct skep_changes *changes, const struct skep_ctext *c,
		       size_t *first, size_t *start, size_t *end)
{
	const struct skep_change *change = &changes->at[(*first)++];

	*start = *end = skep_ctext_line_start(c, change->at);
	if (!is_whole_lines(c, change))
		*end = skep_ctext_line_end(c, change->at + change->removed) + 1;
	for (; *first < changes->count; (*first)++) {
		change = &changes->at[*first];
		if (change->at > *end ||
		    (change->at == *end && *start != *end && !is_whole_lines(c, change)))
			break;
		if (!is_whole_lines(c, change) || change->at < *end)
			*end = skep_ctext_line_end(c, change->at + change->removed) + 1;
	}
	*end = *end < c->length ? *end : c->length;
	*end = *end < *start ? *start : *end;
}

static bool has_crlf(const struct skep_ctext *c)
{
	const char *first = memchr(c->text, '\n', c->length);

	return first && first > c->text && first[-1] == '\r';
}

/* As the file ends its lines. */
static void put_text(FILE *out, const char *text, bool crlf)
{
	for (const char *at = text; *at; at++) {
		if (crlf && *at == '\n' && (at == text || at[-1] != '\r'))
			fputc('\r', out);
		fputc(*at, out);
	}
}

static char *new_text(const struct skep_changes *changes, const struct skep_ctext *c, size_t first,
		      size_t last, size_t start, size_t end)
{
	char *text = NULL;
	size_t length, at = start;
	FILE *out = open_memstream(&text, &length);
	bool crlf = has_crlf(c);

	if (!out)
		return NULL;
	for (size_t i = first; i < last; i++) {
		const struct skep_change *change = &changes->at[i];

		if (change->at > at)
			fwrite(c->text + at, 1, change->at - at, out);
		put_text(out, change->text, crlf);
		at = change->at + change->removed;
	}
	if (end > at)
		fwrite(c->text + at, 1, end - at, out);
	if (fclose(out)) {
		free(text);
		return NULL;
	}
	return text;
}

static bool overlaps(const struct skep_changes *changes, const struct skep_ctext *c)
{
	for (size_t i = 0; i < changes->count; i++) {
		const struct skep_change *change = &changes->at[i];

		if (change->at > c->length || change->removed > c->length - change->at)
			return true;
		if (i && changes->at[i - 1].at + changes->at[i - 1].removed > change->at)
			return true;
	}
	return false;
}

static unsigned lines_in(const struct skep_ctext *c, size_t start, size_t end)
{
	unsigned lines = 0;

	for (size_t i = start; i < end; i++)
		lines += c->text[i] == '\n' || i + 1 == c->length;
	return lines;
}

/* How many bytes of whole lines are the same at the end of [start, end) and of the new text. */
static size_t same_lines(const struct skep_ctext *c, size_t start, size_t end, const char *text)
{
	size_t length = strlen(text), same = 0, lines = 0;

	while (same < length && same < end - start &&
	       text[length - same - 1] == c->text[end - same - 1]) {
		same++;
		if ((same == length || text[length - same - 1] == '\n') &&
		    (same == end - start || c->text[end - same - 1] == '\n'))
			lines = same;
	}
	return lines < length || lines < end - start ? lines : 0;
}

/* The same at the beginning: how many bytes of whole lines. */
static size_t same_beginning(const struct skep_ctext *c, size_t start, size_t end, const char *text)
{
	size_t lines = 0;

	for (size_t i = 0; text[i] && i < end - start && text[i] == c->text[start + i]; i++)
		if (text[i] == '\n')
			lines = i + 1;
	return text[lines] || lines < end - start ? lines : 0;
}

bool skep_changes_place(struct skep_changes *changes, const struct skep_ctext *c, const char *file,
			struct skep_arena *arena, struct skep_fix *fix)
{
	struct skep_edit *edits;
	size_t at = 0, count = 0;

	if (changes->failed || !changes->count || overlaps(changes, c))
		return false;
	edits = skep_arena_alloc(arena, changes->count * sizeof(*edits));
	while (edits && at < changes->count) {
		size_t first = at, start, end, same;
		char *text;

		find_group(changes, c, &at, &start, &end);
		text = new_text(changes, c, first, at, start, end);
		if (!text) {
			arena->failed = true;
			return false;
		}
		/* What goes with its newline takes the line behind it along. */
		same = same_lines(c, start, end, text);
		end -= same;
		text[strlen(text) - same] = '\0';
		same = same_beginning(c, start, end, text);
		start += same;
		edits[count++] = (struct skep_edit){
			.file = file,
			.line = skep_ctext_line_of(c, start),
			.removed = lines_in(c, start, end),
			.text = skep_arena_copy(arena, skep_span_of(text + same)),
		};
		free(text);
	}
	fix->edits = edits;
	fix->edit_count = count;
	return edits;
}
