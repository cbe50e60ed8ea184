/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "unescape.h"

#include <stdlib.h>

#define MARKS_MOST 4096 /* that are looked at */

/* Behind an escaped newline, what only a verifier's log goes on with. */
static bool goes_on(struct skep_span rest)
{
	int64_t number;

	while (skep_take(&rest, SPAN("\\t")) || skep_take(&rest, SPAN("\t")) ||
	       skep_take(&rest, SPAN(" ")))
		;
	if (skep_span_starts(rest, SPAN("; ")) || skep_span_starts(rest, SPAN("processed ")))
		return true;
	return rest.length && skep_is_digit(rest.at[0]) && skep_take_number(&rest, &number) &&
	       (skep_span_starts(rest, SPAN(": (")) || skep_span_starts(rest, SPAN(": R")));
}

/* A whole log in one line of another: `msg="load program: ...\n0: (b7) r0 = 0\n..."`. */
static bool holds_log(struct skep_span text)
{
	for (int tries = 0; tries < MARKS_MOST; tries++) {
		ptrdiff_t at = skep_span_find(text, SPAN("\\n"));

		if (at < 0)
			return false;
		text = skep_span_from(text, (size_t)at + 2);
		if (goes_on(text))
			return true;
	}
	return false;
}

static bool is_one_line(struct skep_span text)
{
	ptrdiff_t newline = skep_span_find_char(text, '\n');

	/* A newline at the end, or none. */
	return newline < 0 || (size_t)newline + 2 >= text.length;
}

bool skep_is_escaped(struct skep_span text)
{
	return is_one_line(text) ? skep_span_find(text, SPAN("\\n")) >= 0 : holds_log(text);
}

/* `u003e`, as JSON has `>`; what it is not is left. */
static size_t take_code(struct skep_span rest, char *c)
{
	struct skep_span hex;
	char number[] = "0x0000";
	int64_t value;

	if (rest.length < 5 || rest.at[0] != 'u')
		return 0;
	memcpy(number + 2, rest.at + 1, 4);
	hex = skep_span_of(number);
	if (!skep_take_number(&hex, &value) || hex.length || value <= 0 || value > 127)
		return 0;
	*c = (char)value;
	return 5;
}

static size_t unescape(char *out, struct skep_span text)
{
	size_t n = 0;

	for (size_t i = 0; i < text.length; i++) {
		char c = text.at[i];

		if (c == '\\' && i + 1 < text.length) {
			size_t code = take_code(skep_span_from(text, i + 1), &c);
			char next = text.at[i + 1];

			i += code ? code : 1;
			if (!code)
				c = next == 'n'   ? '\n'
				    : next == 't' ? '\t'
				    : next == 'r' ? '\r'
						  : next;
		}
		out[n++] = c;
	}
	return n;
}

/* Of a text of several lines, only those that hold a log: others may quote `"\n"`. */
char *skep_unescape(struct skep_span text, size_t *bytes)
{
	char *out = malloc(text.length + 1);
	bool all = is_one_line(text);
	size_t n = 0;

	while (out && text.length) {
		ptrdiff_t newline = skep_span_find_char(text, '\n');
		size_t length = newline < 0 ? text.length : (size_t)newline + 1;
		struct skep_span line = skep_span_upto(text, length);

		if (all || holds_log(line)) {
			n += unescape(out + n, line);
		} else {
			memcpy(out + n, line.at, length);
			n += length;
		}
		text = skep_span_from(text, length);
	}
	*bytes = n;
	return out;
}
