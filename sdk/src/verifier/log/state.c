/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* `R0=map_value_or_null(id=1,off=0,ks=4,vs=8) R6_w=scalar() fp-8=mmmm`, in all its spellings. */
#include "insn.h"

#include <stdio.h>

int skep_state_frame(struct skep_span state)
{
	int64_t frame;
	ptrdiff_t at = skep_span_find(skep_span_upto(state, 64), SPAN("frame"));

	if (at < 0)
		return 0;
	state = skep_span_from(state, (size_t)at + 5);
	return skep_take_number(&state, &frame) && frame >= 0 && frame < 16 ? (int)frame : 0;
}

/* A value ends at the first space that is in no parenthesis. */
static size_t value_length(struct skep_span text)
{
	int depth = 0;
	size_t n = 0;

	while (n < text.length && (depth || text.at[n] != ' ')) {
		depth += (text.at[n] == '(') - (text.at[n] == ')');
		n++;
	}
	return n;
}

/* The value of `name`, which may have marks such as `_w` between it and `=`. */
static struct skep_span find_value(struct skep_span state, struct skep_span name)
{
	while (state.length) {
		size_t n = value_length(state);
		struct skep_span item = skep_span_upto(state, n), rest = item;

		if (skep_take(&rest, name)) {
			if (skep_take(&rest, SPAN("_")))
				rest = skep_span_from(rest, skep_span_word(rest));
			if (skep_take(&rest, SPAN("=")))
				return rest;
		}
		state = skep_span_from(state, n + 1);
	}
	return SPAN("");
}

struct skep_span skep_state_register(struct skep_span state, int number)
{
	char name[8];

	snprintf(name, sizeof(name), "R%d", number);
	return find_value(state, skep_span_of(name));
}

struct skep_span skep_state_slot(struct skep_span state, int slot)
{
	char name[16];

	snprintf(name, sizeof(name), "fp%d", slot);
	return find_value(state, skep_span_of(name));
}

bool skep_value_number(struct skep_span value, const char *key, int64_t *number)
{
	char name[32];
	int length = snprintf(name, sizeof(name), "%s=", key);
	size_t from = 0;

	while (from < value.length) {
		struct skep_span rest = skep_span_from(value, from);
		ptrdiff_t at = skep_span_find(rest, (struct skep_span){ name, (size_t)length });

		if (at < 0)
			return false;
		if (from + (size_t)at == 0 || !skep_is_word(value.at[from + (size_t)at - 1])) {
			rest = skep_span_from(rest, (size_t)(at + length));
			/* smin=smin32=-5: several names, one number. */
			while (skep_span_word(rest) && !skep_is_digit(rest.at[0])) {
				size_t word = skep_span_word(rest);

				rest = skep_span_from(rest, word);
				if (!skep_take(&rest, SPAN("=")))
					return false;
			}
			return skep_take_number(&rest, number);
		}
		from += (size_t)at + 1;
	}
	return false;
}

struct skep_span skep_value_type(struct skep_span value)
{
	ptrdiff_t paren = skep_span_find_char(value, '(');
	struct skep_span type = paren >= 0 ? skep_span_upto(value, (size_t)paren) : value;

	if (skep_span_starts(type, SPAN("inv")))
		return SPAN("scalar");
	if (type.length && (skep_is_digit(type.at[0]) || type.at[0] == '-'))
		return SPAN("scalar");
	if (type.length > 1 && type.at[0] == 'P' &&
	    (skep_is_digit(type.at[1]) || type.at[1] == '-'))
		return SPAN("scalar");
	if (skep_span_starts(type, SPAN("Pscalar")))
		return SPAN("scalar");
	if (skep_span_starts(type, SPAN("fp")))
		return SPAN("fp");
	return type;
}
