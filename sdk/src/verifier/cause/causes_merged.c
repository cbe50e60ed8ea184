/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Compilers merge `if (!p) return 0; if (i > N) return 0;` and give both branches the first line.
 * The comparison stands on one of the next lines then.
 */
#include "verifier/c/c_parse.h"
#include "causes.h"
#include "verifier/c/program_file.h"

static bool is_order(struct skep_span text)
{
	return skep_span_find(text, SPAN("if (")) >= 0 &&
	       (skep_span_find(text, SPAN(" < ")) >= 0 || skep_span_find(text, SPAN(" > ")) >= 0 ||
		skep_span_find(text, SPAN(" <= ")) >= 0 || skep_span_find(text, SPAN(" >= ")) >= 0);
}

/* The label says R6 where the line did not: the right line may. */
static const char *with_name(const struct skep_search *s, const char *label, struct skep_span line)
{
	struct skep_span name = skep_words_ordered(line), text = skep_span_of(label);
	size_t at = 0, n;

	while (name.length && at < text.length) {
		struct skep_span rest = skep_span_from(text, at);

		n = skep_span_word(rest);
		if (n && skep_register_number(skep_span_upto(rest, n)) >= 0)
			return skep_arena_printf(s->c->arena, "%.*s`%.*s`%s", (int)at, label,
						 (int)name.length, name.at, label + at + n);
		at += n ? n : 1;
	}
	return label;
}

/* Whether a line has a number that a comparison is with, or the one beside it: `> 9` is `>= 10`. */
static bool has_number(struct skep_span text, int64_t number)
{
	while (text.length) {
		size_t n = skep_span_word(text);
		struct skep_span word = skep_span_upto(text, n);
		int64_t other;

		if (n && skep_is_digit(word.at[0]) && skep_take_number(&word, &other) &&
		    other >= number - 1 && other <= number + 1)
			return true;
		text = skep_span_from(text, n ? n : 1);
	}
	return false;
}

/* Of the comparisons from a line on: the only one, or the only one with that number. 0: unsure. */
static unsigned find_order(const struct skep_program_file *f, unsigned from, unsigned end,
			   int64_t number)
{
	unsigned all = 0, same = 0, found[2] = { 0, 0 };

	for (unsigned line = from; line < end; line++) {
		struct skep_span text = skep_program_line(f, line);

		if (!is_order(text))
			continue;
		all++;
		found[0] = line;
		if (has_number(text, number)) {
			same++;
			found[1] = line;
		}
	}
	return same == 1 ? found[1] : all == 1 ? found[0] : 0;
}

#define MERGED_MOST 16 /* lines that a comparison may be below the one that it is given */

/* Where comparisons that have the line of a cause may stand: up to the end of its function. */
static unsigned end_of_merged(const struct skep_program_file *f, unsigned line)
{
	size_t at = skep_ctext_line(&f->text, line), own = 0;
	unsigned end = line + MERGED_MOST, last;
	struct skep_cfunction function, refused;

	/* The first line of a function is before its brace. */
	while (at != SKEP_NOWHERE && own <= at && skep_cfunction_next(&f->text, &own, &function))
		if (function.end > at)
			break;
	if (at == SKEP_NOWHERE || function.end <= at)
		return 0;
	last = skep_ctext_line_of(&f->text, function.end);
	end = end < last ? end : last;
	if (skep_program_around(f, &refused, &at) && refused.head == function.head)
		end = end < f->refused.line ? end : f->refused.line;
	return end;
}

void skep_program_move_checks(struct skep_search *s, const struct skep_program_file *f)
{
	for (size_t i = 0; i < s->c->cause_count; i++) {
		struct skep_place *place = &s->c->causes[i].place;
		struct skep_op op = { .number = 0 };
		unsigned found;

		if (!s->vague[i] || !place->line || s->steps[i] >= s->c->path.count)
			continue;
		op = skep_insn_decode(&s->c->path.at[s->steps[i]].insn);
		found = find_order(f, place->line + 1, end_of_merged(f, place->line),
				   op.src < 0 ? op.number : INT32_MAX);
		if (!found)
			continue;
		place->line = found;
		place->column = 0;
		place->text = skep_arena_copy(s->c->arena, skep_program_line(f, found));
		s->c->causes[i].label =
			with_name(s, s->c->causes[i].label, skep_program_line(f, found));
		s->vague[i] = false;
	}
}
