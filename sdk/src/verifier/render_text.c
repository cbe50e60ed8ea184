/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * A diagnostic for a terminal:
 *
 *	error[SKEP-V001]: `c` may be NULL here
 *	  --> x.bpf.c:11, instruction 8, program on_exec
 *	   |
 *	10 | c = bpf_map_lookup_elem(&counts, &key);
 *	   | - bpf_map_lookup_elem() returns NULL when the key is absent
 *	11 | c->hits++;
 *	   | ^ R0 invalid mem access 'map_value_or_null'
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/fail.h"
#include "base/opts.h"
#include "explanation.h"

#define COLUMNS       80
#define COLUMNS_LEAST 40
#define COLUMNS_MOST  1000

struct page {
	FILE *out;
	bool color;
	int columns, margin; /* of the line numbers */
};

enum ink {
	INK_NONE,
	INK_ERROR,
	INK_FRAME,
	INK_CAUSE,
	INK_HELP,
	INK_BOLD,
};

static const char *ink(const struct page *page, enum ink ink)
{
	static const char *const escapes[] = { "\033[0m",  "\033[1;31m", "\033[34m",
					       "\033[33m", "\033[1;32m", "\033[1m" };

	return page->color ? escapes[ink] : "";
}

/* Logs may hold anything: what could move the cursor is not passed on. */
static void put_clean(const struct page *page, const char *text, size_t most)
{
	for (size_t i = 0; text[i] && i < most; i++) {
		unsigned char c = (unsigned char)text[i];

		fputc(c == '\t' ? ' ' : c < 32 || c == 127 ? '?' : c, page->out);
	}
}

/* Words up to the edge of the page; further lines begin with `indent`. */
static void put_wrapped(const struct page *page, const char *text, int column, const char *indent)
{
	bool first = true;

	text += strspn(text, " ");
	while (*text) {
		size_t word = strcspn(text, " ");

		if (!first && column + 1 + (int)word > page->columns) {
			fprintf(page->out, "\n%s", indent);
			column = (int)strlen(indent);
		} else if (!first) {
			fputc(' ', page->out);
			column++;
		}
		put_clean(page, text, word);
		column += (int)word;
		text += word;
		text += strspn(text, " ");
		first = false;
	}
	fputc('\n', page->out);
}

static void put_bar(const struct page *page, unsigned line)
{
	char number[16] = "";

	if (line)
		snprintf(number, sizeof(number), "%u", line);
	fprintf(page->out, "%s%*s |%s", ink(page, INK_FRAME), page->margin, number,
		ink(page, INK_NONE));
}

static void put_mark(const struct page *page, enum ink color, char mark, const char *label)
{
	char indent[32];

	snprintf(indent, sizeof(indent), "%*s |   ", page->margin, "");
	put_bar(page, 0);
	fprintf(page->out, " %s%c ", ink(page, color), mark);
	put_wrapped(page, label, (int)strlen(indent), indent);
	fputs(ink(page, INK_NONE), page->out);
}

/* The source where it is known, else the instruction. */
static void put_place(const struct page *page, const struct skep_place *place)
{
	size_t room = (size_t)(page->columns - page->margin - 3);
	char insn[32];

	put_bar(page, place->line);
	fputc(' ', page->out);
	if (place->text) {
		put_clean(page, place->text, room);
	} else if (place->asm_text) {
		snprintf(insn, sizeof(insn), "%d: ", place->insn);
		put_clean(page, insn, room);
		put_clean(page, place->asm_text, room);
	}
	fputc('\n', page->out);
}

static int width_of(unsigned number)
{
	return snprintf(NULL, 0, "%u", number);
}

static void measure(struct page *page, const struct skep_diagnostic *d)
{
	page->margin = width_of(d->primary.line);
	for (size_t i = 0; i < d->cause_count; i++)
		if (width_of(d->causes[i].place.line) > page->margin)
			page->margin = width_of(d->causes[i].place.line);
}

static void put_head(const struct page *page, const struct skep_diagnostic *d)
{
	const char *comma = "";

	fprintf(page->out, "%serror[%s]%s: %s", ink(page, INK_ERROR), d->code, ink(page, INK_NONE),
		ink(page, INK_BOLD));
	put_wrapped(page, d->message, 8 + (int)strlen(d->code), "  ");
	fprintf(page->out, "%s%*s--> ", ink(page, INK_NONE), page->margin, "");
	if (d->primary.file) {
		put_clean(page, d->primary.file, 256);
		fprintf(page->out, ":%u", d->primary.line);
		if (d->primary.column)
			fprintf(page->out, ":%u", d->primary.column);
		comma = ", ";
	}
	if (d->primary.insn >= 0) {
		fprintf(page->out, "%sinstruction %d", comma, d->primary.insn);
		comma = ", ";
	}
	if (d->program) {
		fprintf(page->out, "%sprogram ", comma);
		put_clean(page, d->program, 64);
	} else if (!*comma) {
		fputs("before the first instruction", page->out);
	}
	fputc('\n', page->out);
}

static bool same_line(const struct skep_place *a, const struct skep_place *b)
{
	return a->line == b->line && a->text && b->text && !strcmp(a->text, b->text);
}

/* Causes in the order in which they happened; the last found is the oldest. */
static void put_story(const struct page *page, const struct skep_diagnostic *d)
{
	const struct skep_place *last = NULL;

	put_bar(page, 0);
	fputc('\n', page->out);
	for (size_t i = d->cause_count; i-- > 0;) {
		const struct skep_place *place = &d->causes[i].place;

		if (!last || !same_line(last, place))
			put_place(page, place);
		put_mark(page, INK_CAUSE, '-', d->causes[i].label);
		last = place;
	}
	if ((d->primary.text || d->primary.asm_text) && (!last || !same_line(last, &d->primary)))
		put_place(page, &d->primary);
	put_mark(page, INK_ERROR, '^', d->kernel_message);
}

static void put_fix(const struct page *page, const struct skep_fix *fix)
{
	const char *code = fix->code;

	fprintf(page->out, "%shelp%s: ", ink(page, INK_HELP), ink(page, INK_NONE));
	put_wrapped(page, fix->text, 6, "  ");
	while (code && *code) {
		size_t line = strcspn(code, "\n");

		put_bar(page, 0);
		fputs("   ", page->out);
		for (; line && *code == '\t'; code++, line--)
			fputs("        ", page->out);
		put_clean(page, code, line);
		fputc('\n', page->out);
		code += line + (code[line] == '\n');
	}
}

static void put_diagnostic(struct page *page, const struct skep_diagnostic *d)
{
	measure(page, d);
	put_head(page, d);
	put_story(page, d);
	put_bar(page, 0);
	fputc('\n', page->out);
	fputs("  ", page->out);
	put_wrapped(page, d->explanation, 2, "  ");
	for (size_t i = 0; i < d->fix_count; i++)
		put_fix(page, &d->fixes[i]);
	fprintf(page->out, "more: skep explain %s%s\n", d->code,
		d->confidence == SKEP_CONFIDENCE_EXACT ? ""
						       : "   (from the message; the log does not "
							 "show how it came to it)");
}

int skep_diagnostic_text(char **out, const struct skep_diagnostic *diagnostic,
			 const struct skep_diagnostic_text_opts *opts)
{
	struct page page = { .color = SKEP_OPT(opts, color), .columns = COLUMNS };
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
		page.columns = (int)columns;
	page.out = open_memstream(&text, &bytes);
	if (!page.out)
		return skep_fail(ENOMEM, "no memory for the text");
	put_diagnostic(&page, diagnostic);
	if (fclose(page.out)) {
		free(text);
		return skep_fail(ENOMEM, "no memory for the text");
	}
	*out = text;
	return 0;
}
