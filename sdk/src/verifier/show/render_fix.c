/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What to write instead: as lines that go and lines that come where that is known, else as code. */
#include <stdlib.h>

#include "render.h"

#define TAB "        "

static struct skep_span take_line(struct skep_span *text)
{
	ptrdiff_t end = skep_span_find_char(*text, '\n');
	struct skep_span line = skep_span_upto(*text, end < 0 ? text->length : (size_t)end);

	*text = skep_span_from(*text, line.length + 1);
	return line;
}

/* Code keeps its indentation. */
static void put_code(const struct skep_render *r, struct skep_span line)
{
	int room = r->columns - r->margin - 4;

	for (; line.length && line.at[0] == '\t' && room > 16; room -= 8) {
		fputs(TAB, r->out);
		line = skep_span_from(line, 1);
	}
	/* A piece of code is to be taken as it is: it is never cut. */
	skep_render_text(r, line);
	fputc('\n', r->out);
}

static void put_signed(const struct skep_render *r, unsigned number, char sign,
		       struct skep_span line)
{
	enum skep_ink ink = sign == '+'   ? SKEP_INK_ADDED
			    : sign == '-' ? SKEP_INK_REMOVED
					  : SKEP_INK_FRAME;

	skep_render_bar_sign(r, number, sign, ink);
	fprintf(r->out, "%s%s", line.length ? " " : "", sign == '|' ? "" : skep_ink(r, ink));
	put_code(r, line);
	if (sign != '|')
		fputs(skep_ink(r, SKEP_INK_NONE), r->out);
}

static bool is_change(struct skep_span line)
{
	return line.length && (line.at[0] == '+' || line.at[0] == '-');
}

/* `@@ -10,6 +10,8 @@` */
static bool take_hunk(struct skep_span line, int64_t *before, int64_t *after)
{
	ptrdiff_t comma;

	if (!skep_take(&line, SPAN("@@ -")) || !skep_take_number(&line, before))
		return false;
	comma = skep_span_find(line, SPAN(" +"));
	if (comma < 0)
		return false;
	line = skep_span_from(line, (size_t)comma + 2);
	return skep_take_number(&line, after);
}

static void put_file(const struct skep_render *r, const char *file)
{
	fprintf(r->out, "%s%*s ::: %s", skep_ink(r, SKEP_INK_FRAME), r->margin, "",
		skep_ink(r, SKEP_INK_NONE));
	skep_render_text(r, skep_span_upto(skep_span_of(file), 256));
	fputc('\n', r->out);
}

/* The changes of a patch, each with a line of what is around it. */
static void put_patch(const struct skep_render *r, const char *patch)
{
	struct skep_span rest = skep_span_of(patch), last = SPAN("");
	int64_t before = 0, after = 0;
	bool inside = false;

	while (rest.length) {
		struct skep_span line = take_line(&rest), next = rest;
		bool shown = is_change(last) || is_change(take_line(&next));

		if (take_hunk(line, &before, &after)) {
			if (inside)
				fprintf(r->out, "%s...%s\n", skep_ink(r, SKEP_INK_FRAME),
					skep_ink(r, SKEP_INK_NONE));
			inside = true;
			last = SPAN("");
			continue;
		}
		if (!inside || (line.length && line.at[0] == '\\'))
			continue;
		if (line.length && line.at[0] == '-')
			put_signed(r, (unsigned)before++, '-', skep_span_from(line, 1));
		else if (line.length && line.at[0] == '+')
			put_signed(r, (unsigned)after++, '+', skep_span_from(line, 1));
		else if (before++, after++, shown)
			put_signed(r, (unsigned)after - 1, '|', skep_span_from(line, 1));
		last = line;
	}
}

static const char *text_of_line(const struct skep_diagnostic *d, const struct skep_edit *edit,
				unsigned line)
{
	if (d->primary.line == line && d->primary.file && !strcmp(d->primary.file, edit->file))
		return d->primary.text;
	for (size_t i = 0; i < d->cause_count; i++) {
		const struct skep_place *place = &d->causes[i].place;

		if (place->line == line && place->file && !strcmp(place->file, edit->file))
			return place->text;
	}
	return NULL;
}

static void put_edit(const struct skep_render *r, const struct skep_diagnostic *d,
		     const struct skep_edit *edit)
{
	struct skep_span rest = skep_span_of(edit->text);

	for (unsigned i = 0; i < edit->removed && i < 32; i++) {
		const char *old = text_of_line(d, edit, edit->line + i);

		put_signed(r, edit->line + i, '-', skep_span_of(old ? old : "..."));
	}
	for (unsigned line = edit->line; rest.length; line++)
		put_signed(r, line, '+', take_line(&rest));
}

static void put_edits(const struct skep_render *r, const struct skep_diagnostic *d,
		      const struct skep_fix *fix)
{
	const char *file = d->primary.file;

	skep_render_bar(r, 0);
	fputc('\n', r->out);
	if (fix->patch && fix->edit_count && file && !strcmp(fix->edits[0].file, file)) {
		put_patch(r, fix->patch);
		return;
	}
	for (size_t i = 0; i < fix->edit_count; i++) {
		if (!file || strcmp(file, fix->edits[i].file))
			put_file(r, fix->edits[i].file);
		file = fix->edits[i].file;
		put_edit(r, d, &fix->edits[i]);
	}
}

static void put_fix(const struct skep_render *r, const struct skep_diagnostic *d,
		    const struct skep_fix *fix, size_t number)
{
	struct skep_span code = skep_span_of(fix->code ? fix->code : "");
	char head[32] = "help: ";

	if (d->fix_count > 1)
		snprintf(head, sizeof(head), "help %zu: ", number);
	fprintf(r->out, "%s%.*s%s: ", skep_ink(r, SKEP_INK_HELP), (int)strlen(head) - 2, head,
		skep_ink(r, SKEP_INK_NONE));
	skep_render_words(r, fix->text, (int)strlen(head), "  ");
	if (fix->edit_count) {
		put_edits(r, d, fix);
		return;
	}
	while (code.length) {
		skep_render_bar(r, 0);
		fputs("   ", r->out);
		put_code(r, take_line(&code));
	}
}

void skep_render_fixes(const struct skep_render *r, const struct skep_diagnostic *d)
{
	for (size_t i = 0; i < d->fix_count; i++)
		put_fix(r, d, &d->fixes[i], i + 1);
}

unsigned skep_render_last_line(const struct skep_fix *fix)
{
	unsigned last = 0;

	for (size_t i = 0; i < fix->edit_count; i++) {
		struct skep_span rest = skep_span_of(fix->edits[i].text);
		unsigned line = fix->edits[i].line + fix->edits[i].removed;

		for (; rest.length; line++)
			take_line(&rest);
		last = line > last ? line : last;
	}
	return last;
}
