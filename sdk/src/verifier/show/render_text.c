/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * A diagnostic for a terminal:
 *
 *	error[SKEP-V001]: `c` may be NULL here
 *	  --> x.bpf.c:11, instruction 8, program on_exec
 *	   |
 *	10 | c = bpf_map_lookup_elem(&counts, &key);
 *	   |     ---------------------------------- returns NULL when the key is absent
 *	11 | c->hits++;
 *	   | ^ R0 invalid mem access 'map_value_or_null'
 */
#include <errno.h>
#include <stdlib.h>

#include "base/fail.h"
#include "base/opts.h"
#include "render.h"

#define COLUMNS       80
#define COLUMNS_LEAST 40
#define COLUMNS_MOST  1000

static void widen(struct skep_render *r, unsigned number)
{
	int width = snprintf(NULL, 0, "%u", number);

	if (width > r->margin)
		r->margin = width;
}

static void measure(struct skep_render *r, const struct skep_diagnostic *d)
{
	widen(r, d->primary.line);
	for (size_t i = 0; i < d->cause_count; i++)
		widen(r, d->causes[i].place.line);
	for (size_t i = 0; i < d->fix_count; i++)
		widen(r, skep_render_last_line(&d->fixes[i]));
	for (size_t i = 0; r->verbose && i < d->step_count; i++)
		widen(r, d->steps[i].place.line);
}

/* One of the things that say where it is, on the next line where this one is full. */
static int put_item(const struct skep_render *r, int column, const char *kind, const char *name)
{
	struct skep_span text = skep_span_upto(skep_span_of(name), 256);
	int width = (int)strlen(kind) + skep_render_width(text), least = r->margin + 4;

	if (column > least && column + 2 + width > r->columns) {
		fprintf(r->out, ",\n%*s", least, "");
		column = least;
	} else if (column > least) {
		fputs(", ", r->out);
		column += 2;
	}
	fputs(kind, r->out);
	skep_render_text(r, text);
	return column + width;
}

static int put_file(const struct skep_render *r, const struct skep_place *place, int column)
{
	char line[32];

	column = put_item(r, column, "", place->file);
	snprintf(line, sizeof(line), place->column ? ":%u:%u" : ":%u", place->line, place->column);
	fputs(line, r->out);
	return column + (int)strlen(line);
}

static void put_where(const struct skep_render *r, const struct skep_diagnostic *d)
{
	const struct skep_place *at = &d->primary;
	int column = r->margin + 4;
	char number[16];

	fprintf(r->out, "%s%*s--> %s", skep_ink(r, SKEP_INK_FRAME), r->margin, "",
		skep_ink(r, SKEP_INK_NONE));
	if (at->file)
		column = put_file(r, at, column);
	snprintf(number, sizeof(number), "%d", at->insn);
	if (at->insn >= 0)
		column = put_item(r, column, "instruction ", number);
	if (at->function && (!d->program || strcmp(d->program, at->function)))
		column = put_item(r, column, "function ", at->function);
	if (d->program)
		column = put_item(r, column, "program ", d->program);
	if (column == r->margin + 4)
		fputs("before the first instruction", r->out);
	fputc('\n', r->out);
}

static void put_head(const struct skep_render *r, const struct skep_diagnostic *d)
{
	fprintf(r->out, "%serror[%s]%s: %s", skep_ink(r, SKEP_INK_ERROR), d->code,
		skep_ink(r, SKEP_INK_NONE), skep_ink(r, SKEP_INK_BOLD));
	skep_render_words(r, d->message, 9 + (int)strlen(d->code), "  ");
	fputs(skep_ink(r, SKEP_INK_NONE), r->out);
	put_where(r, d);
}

static void put_more(const struct skep_render *r, const struct skep_diagnostic *d)
{
	char text[128];

	/* Not every `pattern` deserves a doubt; a message that is not known does. */
	snprintf(text, sizeof(text), "more: skep explain %s%s", d->code,
		 d->confidence == SKEP_CONFIDENCE_FALLBACK
			 ? " (the kernel's message is not known to this version of skep)"
			 : "");
	skep_render_words(r, text, 0, "  ");
}

static int put_diagnostic(struct skep_render *r, const struct skep_diagnostic *d)
{
	int err;

	measure(r, d);
	put_head(r, d);
	err = skep_render_source(r, d);
	if (err)
		return err;
	skep_render_bar(r, 0);
	fputs("\n  ", r->out);
	skep_render_words(r, d->explanation, 2, "  ");
	if (r->verbose && d->step_count)
		err = skep_render_story(r, d);
	if (err)
		return err;
	skep_render_fixes(r, d);
	put_more(r, d);
	return 0;
}

int skep_diagnostic_text(char **out, const struct skep_diagnostic *diagnostic,
			 const struct skep_diagnostic_text_opts *opts)
{
	struct skep_render r = { .color = SKEP_OPT(opts, color), .columns = COLUMNS };
	unsigned columns = SKEP_OPT(opts, columns);
	int err = SKEP_OPTS_CHECK(opts);
	char *text = NULL;
	size_t bytes = 0;

	if (err)
		return err;
	if (columns && (columns < COLUMNS_LEAST || columns > COLUMNS_MOST))
		return skep_fail(EINVAL, "a page has %d to %d columns, not %u", COLUMNS_LEAST,
				 COLUMNS_MOST, columns);
	if (columns)
		r.columns = (int)columns;
	r.verbose = SKEP_OPT(opts, verbose);
	r.out = open_memstream(&text, &bytes);
	if (!r.out)
		return skep_fail(ENOMEM, "no memory for the text");
	err = put_diagnostic(&r, diagnostic);
	if (fclose(r.out) || err) {
		free(text);
		return skep_fail(ENOMEM, "no memory for the text");
	}
	*out = text;
	return 0;
}
