/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Which program of an object a log is of: the one that the log names, or the only one whose
 * instructions and lines of source are those of the log. None rather than the wrong one.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "verifier/explanation.h"
#include "objinfo.h"
#include "verifier/log/quoted.h"

#define SHOWN_MOST    65536      /* instructions of a log that are compared, from its end */
#define LOOKS         (1U << 20) /* of all programs */
#define NEAR          16         /* the last ones agree without exception */
#define STRANGER      4          /* agreeing instructions that a program of another name needs */
#define NAME_KERNEL   15         /* characters that a kernel keeps of a name */
#define CUT_TEXT      200        /* a quoted line as long as this may be cut */
#define NUMBERED_MOST 1024

struct shown {
	struct skep_insn insn;
	struct skep_quoted quoted; /* right before it */
};

struct matcher {
	const struct skep_objinfo *o;
	struct shown *shown; /* the last of the log first */
	size_t count;
	uint32_t looks; /* that may still be made */
	const struct skep_lines *lines;
};

static int collect(struct matcher *m, const struct skep_lines *lines)
{
	m->shown = calloc(SHOWN_MOST < lines->count ? SHOWN_MOST : lines->count + 1,
			  sizeof(*m->shown));
	if (!m->shown)
		return -ENOMEM;
	for (size_t i = lines->count; i-- > 0 && m->count < SHOWN_MOST;) {
		const struct skep_line *line = &lines->at[i];
		struct shown *shown = &m->shown[m->count];

		/* Before it is what belongs to another program. */
		if (line->kind == SKEP_LINE_LOADER &&
		    skep_span_find(line->text, SPAN("-- BEGIN ")) >= 0)
			break;
		if (line->kind != SKEP_LINE_INSN || !skep_insn_parse(line->text, &shown->insn))
			continue;
		shown->quoted = (struct skep_quoted){ 0 };
		if (i && lines->at[i - 1].kind == SKEP_LINE_SOURCE)
			shown->quoted = skep_quoted_parse(lines->at[i - 1].text);
		m->count++;
	}
	return 0;
}

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Whether texts agree but for blanks; loaders and pagers change those, and cut long lines. */
static bool is_same_text(struct skep_span a, const char *b)
{
	size_t i = 0;

	for (;;) {
		while (i < a.length && is_blank(a.at[i]))
			i++;
		while (is_blank(*b))
			b++;
		if (i == a.length)
			return !*b || a.length >= CUT_TEXT;
		if (a.at[i] != *b)
			return false;
		i++;
		b++;
	}
}

static bool agrees_quoted(const struct matcher *m, const struct skep_code_layout *layout,
			  const struct shown *shown)
{
	const struct skep_objinfo_line *line;
	struct skep_spot spot;

	if (!shown->quoted.text.length ||
	    !skep_layout_spot(m->o, layout, shown->insn.number, &spot))
		return true;
	line = skep_objinfo_line_at(m->o, &spot);
	if (!line || !line->line || !*line->text)
		return true;
	return is_same_text(shown->quoted.text, line->text) &&
	       (!shown->quoted.line || shown->quoted.line == line->line);
}

/* How many instructions agree; 0: it is not the program. One may be garbled, far from the end. */
static size_t fit(struct matcher *m, const struct skep_code_layout *layout)
{
	size_t agree = 0, wrong = 0;

	for (size_t i = 0; i < m->count && m->looks; i++) {
		enum skep_agreement found = skep_objinfo_agrees(m->o, layout, &m->shown[i].insn);

		m->looks--;
		if (found == SKEP_DISAGREES || !agrees_quoted(m, layout, &m->shown[i])) {
			if (i < NEAR || ++wrong > 1)
				return 0;
		} else {
			agree += found == SKEP_AGREES;
		}
	}
	return m->looks ? agree : 0;
}

/* Whether it makes no difference which of two programs a log is of. */
static bool is_same_program(const struct matcher *m, const struct skep_code_layout *a,
			    const struct skep_code_layout *b)
{
	struct skep_spot x, y;

	for (size_t i = 0; i < m->count; i++)
		if (!skep_layout_spot(m->o, a, m->shown[i].insn.number, &x) ||
		    !skep_layout_spot(m->o, b, m->shown[i].insn.number, &y) ||
		    skep_code_compare(x.at, y.at))
			return false;
	return m->count || a->entry == b->entry;
}

/* Kernels cut names. */
static bool is_name(const struct skep_objinfo_function *function, struct skep_span name)
{
	struct skep_span own = skep_span_of(function->name);

	return skep_span_is(own, name) ||
	       (name.length == NAME_KERNEL && skep_span_starts(own, name));
}

/* A log of a global function that is verified by itself names that one. */
static bool is_named(const struct skep_code_layout *layout, struct skep_span name)
{
	for (size_t i = 0; i < layout->count; i++)
		if (is_name(layout->parts[i].function, name))
			return true;
	return false;
}

static bool any_named(const struct skep_objinfo *o, struct skep_span name)
{
	for (size_t i = 0; i < o->layout_count; i++)
		if (is_named(&o->layouts[i], name))
			return true;
	return false;
}

/*
 * A program that was refused before its first instruction: `31: weight += weigh(c->right);` is all
 * that is told of it, if anything. Whether there are such lines, and all agree.
 */
static bool agrees_numbered(const struct matcher *m, const struct skep_code_layout *layout)
{
	bool any = false;

	for (size_t i = 0; i < m->lines->count && i < NUMBERED_MOST; i++) {
		struct skep_span text = m->lines->at[i].text;
		struct shown shown = { 0 };
		int64_t number;

		if (m->lines->at[i].kind != SKEP_LINE_TEXT || !skep_take_number(&text, &number) ||
		    number < 0 || number > INT32_MAX || !skep_take(&text, SPAN(": ")))
			continue;
		shown.insn.number = (int)number;
		shown.quoted.text = skep_span_trim(text);
		if (number >= layout->insns || !agrees_quoted(m, layout, &shown))
			return false;
		any = true;
	}
	return any;
}

/* Nothing tells which program it is, and there is but one. */
static bool is_only(const struct matcher *m, struct skep_span name)
{
	for (size_t i = 1; i < m->o->layout_count; i++)
		if (m->o->layouts[i].entry != m->o->layouts[0].entry)
			return false;
	return !name.length;
}

static void find(struct matcher *m, struct skep_span name)
{
	const struct skep_objinfo *o = m->o;
	struct skep_objinfo_found *found = o->found;
	bool named = name.length && any_named(o, name);
	bool several = false;

	for (size_t i = 0; i < o->layout_count; i++) {
		const struct skep_code_layout *layout = &o->layouts[i];
		size_t agree;

		if (named && !is_named(layout, name))
			continue;
		if (m->count)
			agree = fit(m, layout);
		else
			agree = named || is_only(m, name) || agrees_numbered(m, layout) ? STRANGER
											: 0;
		if (!agree || (name.length && !named && agree < STRANGER))
			continue;
		if (!found->layout)
			found->layout = layout;
		else if (!is_same_program(m, found->layout, layout))
			several = true;
	}
	if (several)
		snprintf(found->note, sizeof(found->note),
			 "several programs of %s may be that of this log: name one", o->label);
	else if (!found->layout && m->count)
		snprintf(found->note, sizeof(found->note),
			 "%s does not belong to this log: %s has the instructions and lines that "
			 "the log shows",
			 o->label,
			 named ? "not even the program of that name" : "no program of it");
	if (several)
		found->layout = NULL;
	if (found->layout && !o->line_count)
		snprintf(found->note, sizeof(found->note),
			 "%s has no lines of source: compile it with clang -g", o->label);
}

int skep_objinfo_match(const struct skep_objinfo *o, struct skep_span log, const char *program)
{
	struct matcher m = { .o = o, .looks = LOOKS };
	struct skep_case c = { .reg = -1 };
	int err = skep_lines_split(&c.lines, log.at, log.length);

	m.lines = &c.lines;
	*o->found = (struct skep_objinfo_found){ 0 };
	if (!err)
		err = collect(&m, &c.lines);
	if (!err)
		find(&m, program ? skep_span_of(program) : skep_program_named(&c));
	free(m.shown);
	skep_lines_free(&c.lines);
	return err;
}
