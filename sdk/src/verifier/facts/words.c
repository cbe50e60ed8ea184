/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "words.h"

#include "verifier/log/decode.h"
#include "names.h"

struct skep_span skep_words_source(const struct skep_case *c, size_t step)
{
	if (step >= c->path.count)
		return SPAN("");
	return skep_source_of_line(&c->lines, c->path.at[step].line);
}

bool skep_words_same_line(const struct skep_case *c, size_t a, size_t b)
{
	struct skep_span one = skep_words_source(c, a), other = skep_words_source(c, b);

	return a == b || (one.length && skep_span_is(one, other));
}

/* `slot`, `e->length`, `args.size`; not `SIZE`, `16`, `sizeof`. */
static size_t variable_length(struct skep_span text)
{
	size_t n = 0;
	bool lower = false;

	while (n < text.length) {
		char ch = text.at[n];

		if (ch == '-' && n && n + 1 < text.length && text.at[n + 1] == '>')
			n++;
		else if (!skep_is_word(ch) && !(ch == '.' && n))
			break;
		lower |= ch >= 'a' && ch <= 'z';
		n++;
	}
	if (!n || !lower || skep_is_digit(text.at[0]) || n > 48)
		return 0;
	return skep_span_is(skep_span_upto(text, n), SPAN("sizeof")) ? 0 : n;
}

/* The operator of the only comparison of a text; its position, or -1. */
static ptrdiff_t find_comparison(struct skep_span text)
{
	ptrdiff_t found = -1;

	for (size_t i = 1; i + 1 < text.length; i++) {
		char ch = text.at[i], next = text.at[i + 1], last = text.at[i - 1];
		bool order = (ch == '<' || ch == '>') && next != ch && last != ch && last != '-';
		bool equal = (ch == '=' || ch == '!') && next == '=';

		if (!order && !equal)
			continue;
		if (found >= 0)
			return -1;
		found = (ptrdiff_t)i;
		i++;
	}
	return found;
}

/* The variable on one side of `slot > 15`, where the other is none or comes second. */
static struct skep_span compared_name(struct skep_span source)
{
	ptrdiff_t at = find_comparison(source);
	size_t start, end, n;

	if (at < 0 ||
	    !(skep_span_find(source, SPAN("if (")) >= 0 ||
	      skep_span_find(source, SPAN("while (")) >= 0 ||
	      skep_span_find(source, SPAN("for (")) >= 0 || skep_span_find_char(source, '?') >= 0))
		return SPAN("");
	end = (size_t)at;
	while (end && source.at[end - 1] == ' ')
		end--;
	for (start = end; start > 0; start--) {
		char ch = source.at[start - 1];

		if (!skep_is_word(ch) && ch != '.' && ch != '-' && ch != '>')
			break;
	}
	source = skep_span_from(source, start);
	n = variable_length(source);
	return n && n == end - start ? skep_span_upto(source, n) : SPAN("");
}

/* `if (!c)` and `if (c)`: c. */
static struct skep_span tested_name(struct skep_span source)
{
	ptrdiff_t at = skep_span_find(source, SPAN("if ("));
	size_t n;

	if (at < 0)
		return SPAN("");
	source = skep_span_from(source, (size_t)at + 4);
	skep_take(&source, SPAN("!"));
	n = variable_length(source);
	return n && n < source.length && source.at[n] == ')' ? skep_span_upto(source, n) : SPAN("");
}

static const char *quoted(const struct skep_case *c, struct skep_span name, int reg)
{
	if (name.length)
		return skep_arena_printf(c->arena, "`%.*s`", (int)name.length, name.at);
	return reg >= 0 ? skep_arena_printf(c->arena, "R%d", reg) : "it";
}

const char *skep_words_compared(const struct skep_case *c, size_t step, int reg)
{
	struct skep_span source = skep_words_source(c, step), name = compared_name(source);
	struct skep_op op = { .kind = SKEP_OP_NONE };

	if (step < c->path.count)
		op = skep_insn_decode(&c->path.at[step].insn);
	if (!name.length && (op.code == SKEP_JUMP_EQ || op.code == SKEP_JUMP_NE))
		name = tested_name(source);
	return quoted(c, name, reg);
}

struct skep_span skep_words_ordered(struct skep_span source)
{
	return compared_name(source);
}

const char *skep_words_assigned(const struct skep_case *c, size_t step, int reg)
{
	return quoted(c, skep_name_assigned(skep_words_source(c, step)), reg);
}
