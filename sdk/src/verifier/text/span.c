/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "span.h"

struct skep_span skep_span_trim(struct skep_span span)
{
	skep_take_spaces(&span);
	while (span.length && (span.at[span.length - 1] == ' ' || span.at[span.length - 1] == '\t'))
		span.length--;
	return span;
}

bool skep_take(struct skep_span *span, struct skep_span literal)
{
	if (!skep_span_starts(*span, literal))
		return false;
	*span = skep_span_from(*span, literal.length);
	return true;
}

void skep_take_spaces(struct skep_span *span)
{
	while (span->length && (*span->at == ' ' || *span->at == '\t'))
		*span = skep_span_from(*span, 1);
}

static int digit_value(char c)
{
	if (skep_is_digit(c))
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return 16;
}

bool skep_take_number(struct skep_span *span, int64_t *value)
{
	struct skep_span rest = *span;
	bool negative = skep_take(&rest, SPAN("-"));
	uint64_t number = 0;
	int base = 10;
	size_t digits = 0;

	if (!negative)
		skep_take(&rest, SPAN("+"));
	if (rest.length > 2 && rest.at[0] == '0' && rest.at[1] == 'x') {
		base = 16;
		rest = skep_span_from(rest, 2);
	}
	while (digits < rest.length && digit_value(rest.at[digits]) < base)
		number = number * (uint64_t)base + (uint64_t)digit_value(rest.at[digits++]);
	if (!digits)
		return false;
	*value = (int64_t)(negative ? -number : number);
	*span = skep_span_from(rest, digits);
	return true;
}

ptrdiff_t skep_span_find_word(struct skep_span text, struct skep_span word)
{
	size_t from = 0;

	while (word.length) {
		ptrdiff_t at = skep_span_find(skep_span_from(text, from), word);
		size_t start = from + (size_t)at, end = start + word.length;

		if (at < 0)
			return -1;
		if ((!start || !skep_is_word(text.at[start - 1])) &&
		    (end == text.length || !skep_is_word(text.at[end])))
			return (ptrdiff_t)start;
		from = start + 1;
	}
	return -1;
}
