/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What the parts of the text for a terminal share: a page of so many columns, and ink for it. */
#ifndef SKEP_VERIFIER_RENDER_H
#define SKEP_VERIFIER_RENDER_H

#include <stdio.h>

#include <skep/verifier.h>

#include "verifier/text/span.h"

struct skep_render {
	FILE *out;
	bool color;
	unsigned verbose;
	int columns, margin; /* of the page, and of the line numbers in it */
};

enum skep_ink {
	SKEP_INK_NONE,
	SKEP_INK_ERROR,
	SKEP_INK_FRAME,
	SKEP_INK_CAUSE,
	SKEP_INK_HELP,
	SKEP_INK_BOLD,
	SKEP_INK_DIM,
	SKEP_INK_ADDED,
	SKEP_INK_REMOVED,
};

const char *skep_ink(const struct skep_render *r, enum skep_ink ink);

/*
 * Logs may hold anything: what could move the cursor or turn the direction of text round, and
 * bytes that are no UTF-8, become question marks. A tab is one space.
 */
void skep_render_text(const struct skep_render *r, struct skep_span text);

/* Columns that a text takes when it is put like this. */
int skep_render_width(struct skep_span text);

/* How many bytes from the front take at most so many columns. */
size_t skep_render_fit(struct skep_span text, int columns);

/* Words up to the edge of the page, from `column` on; further lines begin with `indent`. */
void skep_render_words(const struct skep_render *r, const char *text, int column,
		       const char *indent);

/* The frame at the left: the number of a line (0: none) and a bar. */
void skep_render_bar(const struct skep_render *r, unsigned line);
void skep_render_bar_sign(const struct skep_render *r, unsigned line, char sign, enum skep_ink ink);

/* A line of source, or the instruction where there is none, cut to the page; and its end. */
void skep_render_line(const struct skep_render *r, const struct skep_place *place);

/* render_source.c: causes and the refused line. 0 or -ENOMEM. */
int skep_render_source(const struct skep_render *r, const struct skep_diagnostic *d);

/* render_span.c: what of a line a label is about. */
struct skep_range_of_text {
	size_t from, to;
};
struct skep_range_of_text skep_render_find_span(const struct skep_place *place, const char *label);

/* Whether a name that stands in backquotes in the label stands in the line. */
bool skep_render_names(const struct skep_place *place, const char *label);

/* render_fix.c */
void skep_render_fixes(const struct skep_render *r, const struct skep_diagnostic *d);
unsigned skep_render_last_line(const struct skep_fix *fix);

/* render_story.c: the way to the refused line. 0 or -ENOMEM. */
int skep_render_story(const struct skep_render *r, const struct skep_diagnostic *d);

#endif
