/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Constants that are too large, or zero: where the program defines them, and where it adds them. */
#include "verifier/c/c_parse.h"
#include "causes.h"
#include "verifier/c/program_file.h"

static bool is_constant(struct skep_span word)
{
	bool letters = false;

	for (size_t i = 0; i < word.length; i++) {
		if (word.at[i] >= 'a' && word.at[i] <= 'z')
			return false;
		letters |= word.at[i] >= 'A' && word.at[i] <= 'Z';
	}
	return letters && word.length > 1 && !skep_is_digit(word.at[0]);
}

/* The line of `#define WORD`; 0: there is none. */
static unsigned find_definition(const struct skep_program_file *f, struct skep_span word)
{
	struct skep_span all = { f->text.text, f->text.length };
	size_t from = 0;

	while (from < all.length) {
		struct skep_span rest = skep_span_from(all, from);
		ptrdiff_t at = skep_span_find(rest, SPAN("#define"));

		if (at < 0)
			return 0;
		from += (size_t)at + 1;
		rest = skep_span_from(rest, (size_t)at + sizeof("#define") - 1);
		skep_take_spaces(&rest);
		if (skep_span_is(skep_span_upto(rest, skep_span_word(rest)), word))
			return skep_ctext_line_of(&f->text, from);
	}
	return 0;
}

/* Where the first constant that a text names is defined; 0. */
static unsigned constant_of(const struct skep_program_file *f, struct skep_span rest)
{
	int tries = 16;

	while (rest.length && tries) {
		size_t n = skep_span_word(rest);
		struct skep_span word = skep_span_upto(rest, n);
		unsigned line;

		rest = skep_span_from(rest, n ? n : 1);
		if (!is_constant(word))
			continue;
		tries--;
		line = find_definition(f, word);
		if (line)
			return line;
	}
	return 0;
}

/* The only `#define NAME 64` of the number that is refused. */
static bool add_same_number(struct skep_search *s, const struct skep_program_file *f)
{
	struct skep_op op = skep_insn_decode(&s->c->path.at[s->c->refused].insn);
	struct skep_span all = { f->text.text, f->text.length };
	unsigned found = 0, count = 0;

	if (op.kind != SKEP_OP_ALU || op.src >= 0)
		return false;
	for (size_t from = 0; from < all.length;) {
		struct skep_span rest = skep_span_from(all, from);
		ptrdiff_t at = skep_span_find(rest, SPAN("#define "));
		int64_t number;

		if (at < 0)
			break;
		from += (size_t)at + 1;
		rest = skep_span_from(rest, (size_t)at + sizeof("#define ") - 1);
		skep_take_spaces(&rest);
		rest = skep_span_from(rest, skep_span_word(rest));
		skep_take_spaces(&rest);
		if (!skep_take_number(&rest, &number) || number != op.number ||
		    (rest.length && skep_is_word(rest.at[0])))
			continue;
		found = skep_ctext_line_of(&f->text, from);
		count++;
	}
	return count == 1 && skep_program_add_line(s, f, found, "the number is defined here");
}

bool skep_program_add_definition(struct skep_search *s, const struct skep_program_file *f)
{
	unsigned line = constant_of(f, skep_span_of(f->refused.text ? f->refused.text : ""));

	return line && skep_program_add_line(s, f, line, "the number is defined here");
}

/* A line that has a number by name: that line, and the number's definition. */
static bool add_number_of(struct skep_search *s, const struct skep_program_file *f, unsigned line)
{
	struct skep_span text = skep_program_line(f, line);
	unsigned definition = constant_of(f, text);
	bool added;

	if (!definition ||
	    (skep_span_find(text, SPAN("+ ")) < 0 && skep_span_find(text, SPAN("- ")) < 0))
		return false;
	added = skep_program_add_once(s, f, line, "the number is added here");
	return skep_program_add_once(s, f, definition, "the number is defined here") || added;
}

/* `port` of the refused line was set by `data + HEADERS`. */
static bool add_number_of_variables(struct skep_search *s, const struct skep_program_file *f,
				    const struct skep_cfunction *function, size_t end)
{
	struct skep_span rest = skep_span_of(f->refused.text);

	while (rest.length) {
		size_t n = skep_span_word(rest), at;

		if (n && !skep_is_digit(rest.at[0])) {
			at = skep_program_setting(&f->text, function->body, end,
						  skep_span_upto(rest, n));
			if (at != SKEP_NOWHERE &&
			    add_number_of(s, f, skep_ctext_line_of(&f->text, at)))
				return true;
		}
		rest = skep_span_from(rest, n ? n : 1);
	}
	return false;
}

/* `rx_lengths(r)` of the refused line: what is added in it. */
static bool add_number_of_callee(struct skep_search *s, const struct skep_program_file *f)
{
	struct skep_cfunction function;
	size_t at = 0;

	while (skep_cfunction_next(&f->text, &at, &function)) {
		unsigned line = skep_ctext_line_of(&f->text, function.body);
		unsigned last = skep_ctext_line_of(&f->text, function.end);

		if (skep_span_find_word(skep_span_of(f->refused.text), function.name) < 0)
			continue;
		for (; line <= last && last - line < 64; line++)
			if (add_number_of(s, f, line))
				return true;
	}
	return false;
}

bool skep_program_add_number(struct skep_search *s, const struct skep_program_file *f)
{
	struct skep_cfunction function;
	size_t end;

	if (!f->refused.text || !skep_program_around(f, &function, &end))
		return false;
	return skep_program_add_definition(s, f) || add_same_number(s, f) ||
	       add_number_of_variables(s, f, &function, end) || add_number_of_callee(s, f);
}
