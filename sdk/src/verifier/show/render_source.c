/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * The lines of source, each with what happened there underneath: in the order of the source where
 * all have a place in one file, else in the order in which they happened.
 */
#include <errno.h>
#include <stdlib.h>

#include "render.h"

#define LABEL_LEAST 24 /* columns behind a mark; with less, a label begins on its own line */

struct entry {
	const struct skep_place *place;
	const char *label, *about; /* `about`: the text that names what is marked */
	enum skep_ink ink;
	char mark;
	size_t order;
};

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

static bool same_line(const struct skep_place *a, const struct skep_place *b)
{
	if (!a->text && !b->text)
		return a->insn == b->insn && a->line == b->line;
	return a->line == b->line && same_text(a->file, b->file) && same_text(a->text, b->text);
}

static int by_line(const void *left, const void *right)
{
	const struct entry *a = left, *b = right;

	if (a->place->line != b->place->line)
		return a->place->line < b->place->line ? -1 : 1;
	return a->order < b->order ? -1 : 1;
}

static bool in_one_file(const struct entry *entries, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!entries[i].place->line || !entries[i].place->file ||
		    !same_text(entries[i].place->file, entries[0].place->file))
			return false;
	return true;
}

/* What of a line is shown: all, or a piece around the marks with dots where it is cut. */
struct view {
	struct skep_span text;
	size_t from, to;
};

static struct view view_of(struct skep_span text, size_t mark, int room)
{
	struct view view = { text, 0, text.length };
	int before;

	if (skep_render_width(text) <= room)
		return view;
	before = skep_render_width(skep_span_upto(text, mark));
	/* The mark begins in the left half. */
	if (before > room / 2) {
		view.from = skep_render_fit(text, before - room / 3);
		room -= 3;
	}
	text = skep_span_from(text, view.from);
	if (skep_render_width(text) > room)
		view.to = view.from + skep_render_fit(text, room - 3);
	return view;
}

static struct view put_line(const struct skep_render *r, const struct entry *entry)
{
	const struct skep_place *place = entry->place;
	struct skep_range_of_text marked = skep_render_find_span(place, entry->about);
	struct view view =
		view_of(skep_span_of(place->text), marked.from, r->columns - r->margin - 3);

	skep_render_bar(r, place->line);
	fputs(view.from ? " ..." : " ", r->out);
	skep_render_text(r,
			 skep_span_upto(skep_span_from(view.text, view.from), view.to - view.from));
	fputs(view.to < view.text.length ? "...\n" : "\n", r->out);
	return view;
}

/* The column where a place of the text is shown, behind the bar. */
static int column_of(const struct view *view, size_t at)
{
	struct skep_span text = skep_span_from(view->text, view->from);

	at = at < view->from ? 0 : (at > view->to ? view->to : at) - view->from;
	return (view->from ? 3 : 0) + skep_render_width(skep_span_upto(text, at));
}

/* Assembly has one line for all its instructions: which of them is meant. */
static void put_label_words(const struct skep_render *r, const struct entry *entry,
			    const char *indent)
{
	const struct skep_place *place = entry->place;
	struct skep_span text = skep_span_of(place->asm_text ? place->asm_text : "");
	char *words = NULL;

	if (place->insn >= 0 && text.length && place->text &&
	    (skep_span_starts(skep_span_of(place->text), SPAN("asm")) ||
	     skep_span_starts(skep_span_of(place->text), SPAN("__asm"))) &&
	    asprintf(&words, "%d: `%.*s`: %s", place->insn,
		     text.length < 60 ? (int)text.length : 60, text.at, entry->label) < 0)
		words = NULL;
	skep_render_words(r, words ? words : entry->label, (int)strlen(indent), indent);
	free(words);
}

static void put_label(const struct skep_render *r, const struct entry *entry, int column)
{
	char indent[64];
	int room = r->columns - r->margin - 3;

	if (room - column < LABEL_LEAST || column > 40) {
		fputc('\n', r->out);
		column = room > 40 ? 4 : 1;
		skep_render_bar(r, 0);
		fprintf(r->out, "%s%*s", skep_ink(r, entry->ink), column + 1, "");
	} else {
		fputc(' ', r->out);
		column++;
	}
	snprintf(indent, sizeof(indent), "%*s |%*s", r->margin, "", column + 1, "");
	put_label_words(r, entry, indent);
	fputs(skep_ink(r, SKEP_INK_NONE), r->out);
}

static void put_mark(const struct skep_render *r, const struct entry *entry,
		     const struct view *view)
{
	struct skep_range_of_text marked = { 0, 0 };
	int from = 0, to = 1;

	if (view->text.length) {
		marked = skep_render_find_span(entry->place, entry->about);
		from = column_of(view, marked.from);
		to = column_of(view, marked.to);
	}
	skep_render_bar(r, 0);
	fprintf(r->out, " %s%*s", skep_ink(r, entry->ink), from, "");
	do
		fputc(entry->mark, r->out);
	while (++from < to);
	put_label(r, entry, from);
}

/* `file`: that the head names. */
static void put_entries(const struct skep_render *r, const struct entry *entries, size_t count,
			bool sorted, const char *file)
{
	const struct skep_place *last = NULL;
	struct view view = { 0 };

	for (size_t i = 0; i < count; i++) {
		const struct skep_place *place = entries[i].place;
		bool next = !last || !same_line(last, place);

		if (next && place->file && !same_text(file, place->file)) {
			fprintf(r->out, "%s%*s ::: %s", skep_ink(r, SKEP_INK_FRAME), r->margin, "",
				skep_ink(r, SKEP_INK_NONE));
			skep_render_text(r, skep_span_upto(skep_span_of(place->file), 256));
			fputc('\n', r->out);
			file = place->file;
		} else if (next && last && sorted && place->line > last->line + 1) {
			fprintf(r->out, "%s...%s\n", skep_ink(r, SKEP_INK_FRAME),
				skep_ink(r, SKEP_INK_NONE));
		}
		if (next) {
			view = (struct view){ .text = SPAN("") };
			if (place->text)
				view = put_line(r, &entries[i]);
			else if (place->asm_text)
				skep_render_line(r, place);
		}
		put_mark(r, &entries[i], &view);
		last = place;
	}
}

/* The text that names what of the refused line is refused: the message, else the best fix. */
static const char *about_refused(const struct skep_diagnostic *d)
{
	if (d->fix_count && !skep_render_names(&d->primary, d->message) &&
	    skep_render_names(&d->primary, d->fixes[0].text))
		return d->fixes[0].text;
	return d->message;
}

int skep_render_source(const struct skep_render *r, const struct skep_diagnostic *d)
{
	size_t count = d->cause_count;
	struct entry *entries = calloc(count + 1, sizeof(*entries));
	bool sorted;

	if (!entries)
		return -ENOMEM;
	/* The last cause that was found is the oldest. */
	for (size_t i = 0; i < count; i++) {
		const struct skep_cause *cause = &d->causes[count - 1 - i];

		entries[i] = (struct entry){ .place = &cause->place,
					     .label = cause->label,
					     .about = cause->label,
					     .ink = SKEP_INK_CAUSE,
					     .mark = '-',
					     .order = i };
	}
	entries[count] = (struct entry){ .place = &d->primary,
					 .label = d->kernel_message,
					 .about = about_refused(d),
					 .ink = SKEP_INK_ERROR,
					 .mark = '^',
					 .order = count };
	sorted = in_one_file(entries, count + 1);
	if (sorted)
		qsort(entries, count + 1, sizeof(*entries), by_line);
	skep_render_bar(r, 0);
	fputc('\n', r->out);
	put_entries(r, entries, count + 1, sorted, d->primary.file);
	free(entries);
	return 0;
}
