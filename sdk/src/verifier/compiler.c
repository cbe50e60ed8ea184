/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * x.bpf.c:7:11: error: unsupported signed division, please convert to unsigned div/mod.
 *     7 |         return r / q;
 *       |                  ^
 *
 * clang repeats itself, and goes on after an error: each mistake of a line is told once.
 */
#include "verifier/compiler.h"

#define MISTAKES_MOST   16
#define COMPILER_OTHER  919 /* what the back end calls by names of its own */
#define STACK_TOO_LARGE 704

struct mistake {
	size_t line; /* of the log */
	struct skep_span file, message;
	int64_t row, column;
};

/* `file:7:11` at the end of a text; false where there is none. */
static bool place_at_end(struct skep_span text, struct mistake *m)
{
	size_t colons[2], found = 0, start;
	struct skep_span number;

	for (size_t i = text.length; i-- > 0 && found < 2;)
		if (text.at[i] == ':')
			colons[found++] = i;
	if (found < 2)
		return false;
	number = skep_span_from(text, colons[0] + 1);
	if (!skep_take_number(&number, &m->column) || number.length)
		return false;
	number = skep_span_from(skep_span_upto(text, colons[0]), colons[1] + 1);
	if (!skep_take_number(&number, &m->row) || number.length)
		return false;
	for (start = colons[1]; start > 0 && text.at[start - 1] != ' ';)
		start--;
	m->file = skep_span_from(skep_span_upto(text, colons[1]), start);
	return m->file.length && m->row > 0 && m->row < INT32_MAX && m->column >= 0 &&
	       m->column < INT32_MAX;
}

/* Of clang 14, whose back end ends in words of its own: ", x.bpf.c:7:11". */
static void place_of_node(struct skep_span message, struct mistake *m)
{
	ptrdiff_t end = skep_span_find(message, SPAN("Please convert"));

	place_at_end(skep_span_trim(end < 0 ? message : skep_span_upto(message, (size_t)end)), m);
}

static bool read_mistake(struct skep_span text, struct mistake *m)
{
	const struct skep_span marks[] = { SPAN(": fatal error: "), SPAN(": error: ") };

	for (size_t i = 0; i < 2; i++) {
		ptrdiff_t at = skep_span_find(text, marks[i]);

		if (at > 0 && place_at_end(skep_span_upto(text, (size_t)at), m)) {
			m->message = skep_span_from(text, (size_t)at + marks[i].length);
			break;
		}
	}
	if (!m->message.length) {
		if (!skep_take(&text, SPAN("fatal error: ")) &&
		    !skep_span_starts(text, SPAN("Error at line ")))
			return false;
		m->message = text;
		place_of_node(text, m);
	}
	skep_take(&m->message, SPAN("error in backend: "));
	return m->message.length > 0;
}

/* What a call is for that clang makes up itself: numbers that BPF has no instructions for. */
static struct skep_span runtime_of(struct skep_span message)
{
	static const char *const wide[] = { "ti3'", "ti2'", "ti4'" };
	static const char *const real[] = { "sf2'",     "sf3'",    "df2'",  "df3'",
					    "tf2'",     "tf3'",    "__fix", "__float",
					    "__extend", "__trunc", "'pow'", "'sqrt" };

	if (skep_span_find(message, SPAN("built-in function '")) < 0)
		return SPAN("");
	for (size_t i = 0; i < sizeof(real) / sizeof(real[0]); i++)
		if (skep_span_find(message, skep_span_of(real[i])) >= 0)
			return SPAN("float");
	for (size_t i = 0; i < sizeof(wide) / sizeof(wide[0]); i++)
		if (skep_span_find(message, skep_span_of(wide[i])) >= 0)
			return SPAN("wide");
	return SPAN("library");
}

/* The source, as clang shows it below: with a number and a bar since clang 18. */
static struct skep_span source_below(const struct skep_case *c, const struct mistake *m)
{
	for (size_t i = m->line + 1; i < c->lines.count && i < m->line + 4; i++) {
		struct skep_span text = c->lines.at[i].text, rest = text;
		int64_t number;

		if (!text.length)
			continue;
		if (skep_take_number(&rest, &number)) {
			skep_take_spaces(&rest);
			if (number == m->row && skep_take(&rest, SPAN("|")))
				return skep_span_trim(rest);
		}
		if (i + 1 < c->lines.count && skep_span_starts(c->lines.at[i + 1].text, SPAN("^")))
			return text;
	}
	return SPAN("");
}

static struct skep_place place_of(const struct skep_case *c, const struct mistake *m)
{
	struct skep_place place = { .insn = -1 };
	struct skep_span source;

	if (!m->row)
		return place;
	source = source_below(c, m);
	place.file = skep_arena_copy(c->arena, m->file);
	place.line = (unsigned)m->row;
	place.column = (unsigned)m->column;
	if (source.length)
		place.text = skep_arena_copy(c->arena, source);
	return place;
}

/*
 * One mistake of a line is enough: what clang says next follows from it. What its back end says at
 * last, and the limit of the stack, which it repeats for each access, are told once in all.
 */
static bool is_told(const struct skep_explanation *out, size_t before,
		    const struct skep_diagnostic *d, int number)
{
	const struct skep_diagnostics *at = out->first;

	for (; before > 0; before--)
		at = at->next;
	for (; at; at = at->next)
		if (number == COMPILER_OTHER || !d->primary.line ||
		    at->diagnostic.primary.line == d->primary.line ||
		    (number == STACK_TOO_LARGE && !strcmp(at->diagnostic.code, d->code)))
			return true;
	return false;
}

static bool classify(struct skep_case *c, const struct mistake *m)
{
	int number;

	c->fields.count = 0;
	skep_fields_set(&c->fields, SPAN("runtime"), runtime_of(m->message));
	if (skep_catalogue_look_up(m->message, true, &c->fields, &number) != SKEP_WORDING_REFUSAL)
		return false;
	c->entry = skep_entry_find(number);
	c->message = m->message;
	c->message_line = m->line;
	return c->entry != NULL;
}

static void add(struct skep_explanation *out, size_t before, struct skep_case *c,
		const struct mistake *m)
{
	struct skep_diagnostics *added = skep_arena_alloc(c->arena, sizeof(*added));
	struct skep_diagnostic *d;

	if (!added || !classify(c, m))
		return;
	d = &added->diagnostic;
	d->code = skep_arena_printf(c->arena, "SKEP-V%03d", c->entry->number);
	d->primary = place_of(c, m);
	if (!d->code || is_told(out, before, d, c->entry->number))
		return;
	d->name = c->entry->name;
	d->kernel_message = skep_arena_copy(c->arena, m->message);
	d->message = skep_message_of(c);
	d->explanation = c->entry->about;
	d->confidence = SKEP_CONFIDENCE_PATTERN;
	skep_fixes_add(c, d);
	*out->last = added;
	out->last = &added->next;
	out->count++;
}

size_t skep_compiler_explain(struct skep_explanation *out, struct skep_case *c)
{
	size_t before = out->count;

	for (size_t i = 0; i < c->lines.count && out->count - before < MISTAKES_MOST; i++) {
		struct mistake m = { .line = i };

		if (read_mistake(c->lines.at[i].text, &m))
			add(out, before, c, &m);
	}
	c->entry = NULL;
	c->message = SPAN("");
	c->fields.count = 0;
	return out->count - before;
}
