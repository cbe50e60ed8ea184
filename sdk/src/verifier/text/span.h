/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Pieces of a log, borrowed and not terminated, and how to read them from left to right. */
#ifndef SKEP_VERIFIER_SPAN_H
#define SKEP_VERIFIER_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct skep_span {
	const char *at;
	size_t length;
};

#define SPAN(literal) ((struct skep_span){ (literal), sizeof(literal) - 1 })

static inline struct skep_span skep_span_of(const char *text)
{
	return (struct skep_span){ text, strlen(text) };
}

static inline struct skep_span skep_span_from(struct skep_span span, size_t skip)
{
	skip = skip < span.length ? skip : span.length;
	return (struct skep_span){ span.at + skip, span.length - skip };
}

static inline struct skep_span skep_span_upto(struct skep_span span, size_t length)
{
	return (struct skep_span){ span.at, length < span.length ? length : span.length };
}

static inline bool skep_span_starts(struct skep_span span, struct skep_span with)
{
	return span.length >= with.length && !memcmp(span.at, with.at, with.length);
}

static inline bool skep_span_is(struct skep_span a, struct skep_span b)
{
	return a.length == b.length && skep_span_starts(a, b);
}

/* Position of the first `what`, or -1. */
static inline ptrdiff_t skep_span_find(struct skep_span span, struct skep_span what)
{
	const char *found = span.length ? memmem(span.at, span.length, what.at, what.length) : NULL;

	return found ? found - span.at : -1;
}

static inline ptrdiff_t skep_span_find_char(struct skep_span span, char c)
{
	const char *found = span.length ? memchr(span.at, c, span.length) : NULL;

	return found ? found - span.at : -1;
}

static inline bool skep_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool skep_is_word(char c)
{
	return skep_is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* How many characters of a C identifier or number the span begins with. */
static inline size_t skep_span_word(struct skep_span span)
{
	size_t n = 0;

	while (n < span.length && skep_is_word(span.at[n]))
		n++;
	return n;
}

/* Without spaces and tabs on both sides. */
struct skep_span skep_span_trim(struct skep_span span);

/* Takes `literal` from the front; false, and nothing taken, where it is not there. */
bool skep_take(struct skep_span *span, struct skep_span literal);
void skep_take_spaces(struct skep_span *span);

/* Takes a number: decimal or 0x, with a sign or without. Beyond 64 bits it is cut. */
bool skep_take_number(struct skep_span *span, int64_t *value);

/* Whether `word` stands in `text` as a whole word; its position, or -1. */
ptrdiff_t skep_span_find_word(struct skep_span text, struct skep_span word);

#endif
