/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * The report of Linux 7.3: headings at the margin, below them places (`function @ file:line:col`)
 * with the source, a mark under it, and the instructions:
 *
 *	At:
 *	  on_exec @ x.bpf.c:11:2
 *	  Source context:
 *	  >>> 11 |  c->hits++;
 *	         |  ^-- error: ...
 *	  Instruction context:
 *	  >>>  8 | (79) r1 = *(u64 *)(r0 +0)
 */
#include "verifier/explanation.h"

struct entry {
	struct skep_span function, file, text, mark, insn_text;
	int64_t line, column, insn;
};

static size_t find_heading(const struct skep_case *c, struct skep_span heading)
{
	for (size_t i = c->lines.count; i-- > 0;)
		if (c->lines.at[i].kind == SKEP_LINE_REPORT &&
		    skep_span_is(c->lines.at[i].text, heading))
			return i;
	return SIZE_MAX;
}

/* `function @ file:line:column` */
static bool parse_place(struct skep_span text, struct entry *e)
{
	ptrdiff_t at = skep_span_find(text, SPAN(" @ "));
	struct skep_span rest, number;
	size_t end;

	if (at < 1 || (size_t)at != skep_span_word(text))
		return false;
	e->function = skep_span_upto(text, (size_t)at);
	rest = skep_span_from(text, (size_t)at + 3);
	for (end = rest.length; end-- > 0;) {
		number = skep_span_from(rest, end + 1);
		if (rest.at[end] == ':' && skep_take_number(&number, &e->line) &&
		    skep_take(&number, SPAN(":")) && skep_take_number(&number, &e->column) &&
		    !number.length)
			break;
	}
	if (end == SIZE_MAX)
		return false;
	e->file = skep_span_upto(rest, end);
	return true;
}

/* `>>> 11 | text`; the column of instructions has an opcode. */
static void parse_marked(struct skep_span text, struct entry *e)
{
	int64_t number;

	skep_take(&text, SPAN(">>>"));
	skep_take_spaces(&text);
	if (!skep_take_number(&text, &number))
		return;
	skep_take_spaces(&text);
	if (!skep_take(&text, SPAN("|")))
		return;
	text = skep_span_trim(text);
	if (number == e->line && !e->text.length) {
		e->text = text;
	} else if (text.length > 4 && text.at[0] == '(' && text.at[3] == ')') {
		e->insn = number;
		e->insn_text = skep_span_trim(skep_span_from(text, 4));
	}
}

/* Reads the place that begins at or behind line *at; *at is then behind it. */
static bool next_entry(const struct skep_case *c, size_t *at, struct entry *e)
{
	*e = (struct entry){ .insn = -1 };
	for (; *at < c->lines.count; (*at)++) {
		struct skep_span text = c->lines.at[*at].text;
		ptrdiff_t mark;

		if (c->lines.at[*at].kind != SKEP_LINE_REPORT)
			break;
		if (parse_place(text, e->file.length ? &(struct entry){ 0 } : e)) {
			if (e->text.length)
				return true;
			continue;
		}
		if (skep_span_is(text, SPAN("Causal path:")) ||
		    skep_span_is(text, SPAN("Suggestion:")))
			break;
		mark = skep_span_find(text, SPAN("^-- "));
		if (skep_span_starts(text, SPAN(">>>")))
			parse_marked(text, e);
		else if (mark >= 0 && !e->mark.length)
			e->mark = skep_span_from(text, (size_t)mark + 4);
	}
	return e->file.length > 0;
}

static struct skep_place place_of(const struct skep_case *c, const struct entry *e)
{
	struct skep_place place = { .insn = (int)e->insn };

	place.file = skep_arena_copy(c->arena, e->file);
	if (e->line > 0 && e->line < UINT32_MAX)
		place.line = (unsigned)e->line;
	if (e->column > 0 && e->column < UINT32_MAX)
		place.column = (unsigned)e->column;
	if (e->text.length)
		place.text = skep_arena_copy(c->arena, e->text);
	if (e->insn_text.length)
		place.asm_text = skep_arena_copy(c->arena, e->insn_text);
	return place;
}

bool skep_report_place(const struct skep_case *c, struct skep_place *place)
{
	size_t at = find_heading(c, SPAN("At:"));
	struct entry e;

	if (at == SIZE_MAX)
		return false;
	at++;
	if (!next_entry(c, &at, &e))
		return false;
	*place = place_of(c, &e);
	return true;
}

void skep_report_causes(struct skep_case *c)
{
	size_t at = find_heading(c, SPAN("Causal path:"));
	struct entry e;

	if (at == SIZE_MAX)
		return;
	at++;
	while (c->cause_count < SKEP_CAUSES_MOST && next_entry(c, &at, &e)) {
		struct skep_cause *cause = &c->causes[c->cause_count++];

		cause->place = place_of(c, &e);
		cause->label =
			e.mark.length ? skep_arena_copy(c->arena, e.mark) : "on the way here";
	}
}

struct skep_span skep_report_program(const struct skep_case *c)
{
	size_t at = find_heading(c, SPAN("At:"));
	struct entry e;

	if (at == SIZE_MAX)
		return SPAN("");
	at++;
	return next_entry(c, &at, &e) ? e.function : SPAN("");
}
