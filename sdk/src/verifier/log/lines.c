/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "lines.h"

#include <errno.h>
#include <stdlib.h>

#include "unwrap.h"

static int add(struct skep_lines *lines, struct skep_span text, enum skep_line_kind kind)
{
	if (lines->count == lines->room) {
		size_t room = lines->room ? 2 * lines->room : 256;
		struct skep_line *grown = realloc(lines->at, room * sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		lines->at = grown;
		lines->room = room;
	}
	lines->at[lines->count++] = (struct skep_line){ text, kind };
	return 0;
}

/* Errors that lack their newline are followed by this on the same line. */
static ptrdiff_t find_glued(struct skep_span text)
{
	size_t from = 1;

	while (from < text.length) {
		ptrdiff_t at = skep_span_find(skep_span_from(text, from), SPAN("processed "));
		struct skep_span rest;
		int64_t number;

		if (at < 0)
			return -1;
		rest = skep_span_from(text, from + (size_t)at + sizeof("processed ") - 1);
		if (skep_take_number(&rest, &number) && skep_take(&rest, SPAN(" insns (limit ")))
			return (ptrdiff_t)from + at;
		from += (size_t)at + 1;
	}
	return -1;
}

/* `7: (15) if r0 == 0 goto pc+1 BPF program is too large. Processed ...` */
static ptrdiff_t find_too_large(struct skep_span text)
{
	return skep_span_find(text, SPAN("BPF program is too large. Processed "));
}

/*
 * Headings of a report (`Reason:`) stand at the margin, and what is below them is indented; what is
 * neither is a message of its own.
 */
static bool ends_report(struct skep_span text, enum skep_line_kind kind, bool indented)
{
	if (kind == SKEP_LINE_PROCESSED || kind == SKEP_LINE_LOADER)
		return true;
	return kind == SKEP_LINE_TEXT && !indented && text.at[text.length - 1] != ':';
}

/* Where in the log a line stands. */
struct place {
	bool report, listing;
};

/* Linux 7.3 prints the whole program, once for each of its analyses, before it walks it. */
static enum skep_line_kind kind_in_listing(struct skep_span text, enum skep_line_kind kind,
					   bool *listing)
{
	if (skep_span_starts(text, SPAN("subprog#")) ||
	    skep_span_starts(text, SPAN("stack use/def "))) {
		*listing = true;
		return SKEP_LINE_NOTE;
	}
	if (*listing && kind == SKEP_LINE_INSN)
		return SKEP_LINE_NOTE;
	/* `0: R1=ctx()`: the walk begins. Lines of source may have been put between. */
	if (kind != SKEP_LINE_BLANK && kind != SKEP_LINE_NOTE && kind != SKEP_LINE_SOURCE)
		*listing = false;
	return kind;
}

static int add_line(struct skep_lines *lines, struct skep_span text, bool indented,
		    struct place *place)
{
	enum skep_line_kind kind = kind_in_listing(text, skep_line_kind(text), &place->listing);
	bool *in_report = &place->report;
	ptrdiff_t cut = -1;
	int err;

	if (kind == SKEP_LINE_TEXT || kind == SKEP_LINE_NOTE)
		cut = find_glued(text);
	else if (kind == SKEP_LINE_INSN)
		cut = find_too_large(text);
	if (cut > 0) {
		err = add_line(lines, skep_span_trim(skep_span_upto(text, (size_t)cut)), indented,
			       place);
		return err ? err
			   : add_line(lines, skep_span_from(text, (size_t)cut), indented, place);
	}
	if (kind == SKEP_LINE_REPORT)
		*in_report = true;
	else if (*in_report && ends_report(text, kind, indented))
		*in_report = false;
	return add(lines, text, *in_report ? SKEP_LINE_REPORT : kind);
}

int skep_lines_split(struct skep_lines *lines, const char *text, size_t bytes)
{
	const char *end = text + bytes;
	struct place place = { .report = false };

	while (text < end) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		const char *stop = newline ? newline : end;
		struct skep_span line = { text, (size_t)(stop - text) };
		struct skep_span bare = skep_unwrap(line);
		bool indented = bare.length && bare.at > line.at && bare.at[-1] == ' ';
		int err = add_line(lines, bare, indented, &place);

		if (err)
			return err;
		text = newline ? newline + 1 : end;
	}
	return 0;
}

void skep_lines_free(struct skep_lines *lines)
{
	free(lines->at);
	*lines = (struct skep_lines){ 0 };
}
