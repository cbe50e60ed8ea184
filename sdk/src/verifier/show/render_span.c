/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * What of a line of source a label is about: a name that stands in backquotes in the label, the
 * call that it names or that the instruction makes, the condition of a branch; else all of it.
 */
#include "verifier/log/insn.h"
#include "render.h"

#define LINE_MOST 4096 /* longer ones are no source that people wrote */

static struct skep_range_of_text range(ptrdiff_t from, size_t length)
{
	return (struct skep_range_of_text){ (size_t)from, (size_t)from + length };
}

/* Where `name` stands, not inside another word; -1 where it does not. */
static ptrdiff_t find_name(struct skep_span text, struct skep_span name)
{
	size_t from = 0;

	while (name.length && from < text.length) {
		ptrdiff_t at = skep_span_find(skep_span_from(text, from), name);
		size_t begin, end;

		if (at < 0)
			return -1;
		begin = from + (size_t)at;
		end = begin + name.length;
		if ((!begin || !skep_is_word(text.at[begin - 1]) || !skep_is_word(name.at[0])) &&
		    (end == text.length || !skep_is_word(text.at[end]) ||
		     !skep_is_word(name.at[name.length - 1])))
			return (ptrdiff_t)begin;
		from = begin + 1;
	}
	return -1;
}

/* Position behind the parenthesis that closes the one at `open`; 0 where none does. */
static size_t close_of(struct skep_span text, size_t open)
{
	int depth = 0;

	for (size_t i = open; i < text.length; i++) {
		depth += (text.at[i] == '(') - (text.at[i] == ')');
		if (!depth)
			return i + 1;
	}
	return 0;
}

/* `name(...)` with what is between the parentheses, as far as it is on this line. */
static bool find_call(struct skep_span text, struct skep_span name, struct skep_range_of_text *out)
{
	ptrdiff_t at = find_name(text, name);
	size_t open, end;

	if (at < 0)
		return false;
	open = (size_t)at + name.length;
	end = open < text.length && text.at[open] == '(' ? close_of(text, open) : 0;
	*out = range(at, end ? end - (size_t)at : name.length);
	return true;
}

static bool find_quoted(struct skep_span text, struct skep_span label,
			struct skep_range_of_text *out)
{
	while (label.length) {
		ptrdiff_t open = skep_span_find_char(label, '`'), end, at;
		struct skep_span name;

		if (open < 0)
			return false;
		label = skep_span_from(label, (size_t)open + 1);
		end = skep_span_find_char(label, '`');
		if (end < 0)
			return false;
		name = skep_span_upto(label, (size_t)end);
		at = find_name(text, name);
		if (at >= 0) {
			*out = range(at, name.length);
			return true;
		}
		label = skep_span_from(label, (size_t)end + 1);
	}
	return false;
}

/* `bpf_map_lookup_elem() returns NULL` */
static bool find_called(struct skep_span text, struct skep_span label,
			struct skep_range_of_text *out)
{
	for (size_t from = 0; from < label.length;) {
		ptrdiff_t at = skep_span_find(skep_span_from(label, from), SPAN("()"));
		size_t end, begin;

		if (at < 0)
			return false;
		end = begin = from + (size_t)at;
		while (begin > 0 && skep_is_word(label.at[begin - 1]))
			begin--;
		if (find_call(text, (struct skep_span){ label.at + begin, end - begin }, out))
			return true;
		from = end + 2;
	}
	return false;
}

/* What is between the parentheses of `if (...)`. */
static bool find_condition(struct skep_span text, struct skep_range_of_text *out)
{
	static const char *const words[] = { "if (", "while (", "switch (" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		struct skep_span word = skep_span_of(words[i]);
		ptrdiff_t at = find_name(text, word);
		size_t open = (size_t)at + word.length - 1, end = at < 0 ? 0 : close_of(text, open);

		if (end > open + 2) {
			*out = range((ptrdiff_t)open + 1, end - open - 2);
			return true;
		}
	}
	return false;
}

static bool find_in_asm(struct skep_span text, const char *asm_text, struct skep_range_of_text *out)
{
	struct skep_insn insn = { .text = skep_span_of(asm_text ? asm_text : "") };
	struct skep_span callee = skep_insn_callee(&insn);

	if (callee.length)
		return find_call(text, callee, out);
	return skep_insn_is_branch(&insn) && find_condition(text, out);
}

/* The code of the line: without a comment behind it, a semicolon and a brace. */
static struct skep_range_of_text whole(struct skep_span text)
{
	ptrdiff_t comment = skep_span_find(text, SPAN("/*"));
	struct skep_span code = text;

	if (comment > 0)
		code = skep_span_upto(code, (size_t)comment);
	comment = skep_span_find(code, SPAN("//"));
	if (comment > 0)
		code = skep_span_upto(code, (size_t)comment);
	while (code.length && strchr(" \t;{", code.at[code.length - 1]))
		code.length--;
	return range(0, code.length ? code.length : text.length);
}

bool skep_render_names(const struct skep_place *place, const char *label)
{
	struct skep_span text = skep_span_of(place->text ? place->text : "");
	struct skep_range_of_text found;

	return find_quoted(skep_span_upto(text, LINE_MOST),
			   skep_span_upto(skep_span_of(label), LINE_MOST), &found);
}

struct skep_range_of_text skep_render_find_span(const struct skep_place *place, const char *label)
{
	struct skep_span text = skep_span_of(place->text ? place->text : "");
	struct skep_span words = skep_span_upto(skep_span_of(label), LINE_MOST);
	struct skep_range_of_text found;

	text = skep_span_upto(text, LINE_MOST);
	if (find_quoted(text, words, &found) || find_called(text, words, &found) ||
	    find_in_asm(text, place->asm_text, &found))
		return found;
	return whole(text);
}
