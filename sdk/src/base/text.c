/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "text.h"

#include <stdarg.h>
#include <stdio.h>

void skep_text_add(struct skep_text *text, const char *format, ...)
{
	size_t room = sizeof(text->buf) - text->used;
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(text->buf + text->used, room, format, args);
	va_end(args);
	if (n > 0)
		text->used += (size_t)n < room ? (size_t)n : room - 1;
}

void skep_text_add_name(struct skep_text *text, const char *name)
{
	skep_text_add(text, "%s%s", text->used ? ", " : "", name);
}
