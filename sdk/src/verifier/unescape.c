/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "unescape.h"

#include <stdlib.h>

bool skep_is_escaped(struct skep_span text)
{
	ptrdiff_t newline = skep_span_find_char(text, '\n');

	/* A newline at the end, or none. */
	return (newline < 0 || (size_t)newline + 2 >= text.length) &&
	       skep_span_find(text, SPAN("\\n")) >= 0;
}

char *skep_unescape(struct skep_span text, size_t *bytes)
{
	char *out = malloc(text.length + 1);
	size_t n = 0;

	for (size_t i = 0; out && i < text.length; i++) {
		char c = text.at[i];

		if (c == '\\' && i + 1 < text.length) {
			char next = text.at[++i];

			c = next == 'n' ? '\n' : next == 't' ? '\t' : next == 'r' ? '\r' : next;
		}
		out[n++] = c;
	}
	*bytes = n;
	return out;
}
