/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "quoted.h"

struct skep_quoted skep_quoted_parse(struct skep_span line)
{
	struct skep_quoted quoted = { .text = skep_span_trim(skep_span_from(line, 1)) };
	struct skep_span rest = quoted.text;
	ptrdiff_t at = -1;

	for (size_t from = 0; from < rest.length;) {
		ptrdiff_t next = skep_span_find(skep_span_from(rest, from), SPAN("@ "));

		if (next < 0)
			break;
		at = (ptrdiff_t)from + next;
		from = (size_t)at + 1;
	}
	if (at < 0)
		return quoted;
	rest = skep_span_from(rest, (size_t)at + 2);
	for (size_t i = rest.length; i-- > 0;) {
		struct skep_span number = skep_span_from(rest, i + 1);

		if (rest.at[i] != ':' || !skep_take_number(&number, &quoted.line) || number.length)
			continue;
		quoted.file = skep_span_upto(rest, i);
		quoted.text = skep_span_trim(skep_span_upto(quoted.text, (size_t)at));
		break;
	}
	return quoted;
}
