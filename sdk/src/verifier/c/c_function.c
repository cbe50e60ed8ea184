/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Where the functions of a file are, and what their heads say. */
#include "c_parse.h"

/* The word that ends before `at`, blanks between left out. */
static size_t word_before(const struct skep_ctext *c, size_t at, size_t from)
{
	size_t end = skep_ctext_back(c, at, from);

	if (end == SKEP_NOWHERE || !skep_is_word(c->code[end]))
		return SKEP_NOWHERE;
	while (end > from && skep_is_word(c->code[end - 1]))
		end--;
	return end;
}

/* `SEC("xdp")` in a head: xdp. */
static struct skep_span section_of(const struct skep_ctext *c, size_t from, size_t end)
{
	size_t at = skep_ctext_find(c, from, end, SPAN("SEC")), quote;
	struct skep_span rest;
	ptrdiff_t close;

	if (at == SKEP_NOWHERE)
		return SPAN("");
	for (quote = at; quote < end && c->code[quote] != '"'; quote++)
		if (c->code[quote] == ')')
			return SPAN("");
	rest = skep_ctext_span(c, quote + 1, end);
	close = skep_span_find_char(rest, '"');
	return close < 0 ? SPAN("") : skep_span_upto(rest, (size_t)close);
}

/* The last parenthesis of a head that is no attribute's; its name in `*name`. */
static size_t find_parameters(const struct skep_ctext *c, size_t from, size_t brace, size_t *name)
{
	size_t found = SKEP_NOWHERE;

	for (size_t at = from; at < brace; at++) {
		size_t word;

		if (c->code[at] != '(')
			continue;
		word = word_before(c, at, from);
		if (word != SKEP_NOWHERE && !skep_ctext_is_word(c, word, SPAN("__attribute__"))) {
			found = at;
			*name = word;
		}
		at = skep_ctext_match(c, at, brace) - 1;
	}
	return found;
}

/* Whether [head, brace) is the head of a function. */
static bool read_head(const struct skep_ctext *c, size_t head, size_t brace,
		      struct skep_cfunction *f)
{
	size_t name = 0, open = find_parameters(c, head, brace, &name), type = head;
	struct skep_span word;

	if (open == SKEP_NOWHERE || skep_span_find_char(skep_ctext_code(c, head, brace), '=') >= 0)
		return false;
	word = skep_ctext_word(c, name);
	if (skep_span_is(word, SPAN("SEC")) || skep_span_is(word, SPAN("typeof")) ||
	    skep_span_is(word, SPAN("__uint")))
		return false;
	*f = (struct skep_cfunction){ .head = head, .parameters = open, .body = brace };
	f->section = section_of(c, head, name);
	f->macro = skep_span_starts(word, SPAN("BPF_")) || skep_span_starts(word, SPAN("SKEP_"));
	f->name = f->macro ? skep_ctext_word(c, skep_ctext_skip(c, open + 1, brace)) : word;
	if (f->section.length) {
		type = skep_ctext_find(c, head, name, SPAN("SEC"));
		while (type < name && c->code[type] != ')')
			type++;
		type++;
	}
	f->type = type < name ? skep_span_trim(skep_ctext_code(c, type, name)) : SPAN("");
	return f->name.length > 0;
}

bool skep_cfunction_next(const struct skep_ctext *c, size_t *at, struct skep_cfunction *function)
{
	size_t head = skep_ctext_skip(c, *at, c->length);

	for (size_t i = head; i < c->length; i++) {
		char now = c->code[i];

		if (now == '(' || now == '[') {
			i = skep_ctext_match(c, i, c->length) - 1;
		} else if (now == ';' || now == '}') {
			head = skep_ctext_skip(c, i + 1, c->length);
		} else if (now == '{') {
			size_t end = skep_ctext_match(c, i, c->length);

			if (read_head(c, head, i, function)) {
				function->end = *at = end;
				return true;
			}
			i = end - 1;
		}
	}
	*at = c->length;
	return false;
}

bool skep_cfunction_around(const struct skep_ctext *c, size_t at, struct skep_cfunction *function)
{
	for (size_t next = 0; skep_cfunction_next(c, &next, function);)
		if (function->head <= at && at < function->end)
			return true;
	return false;
}
