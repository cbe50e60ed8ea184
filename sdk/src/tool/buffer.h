/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Text that grows, and text that a terminal may be given. */
#ifndef SKEP_TOOL_BUFFER_H
#define SKEP_TOOL_BUFFER_H

#include <stdarg.h>

#include <skep/base.h>

struct skep_tool_buffer {
	char *data;
	size_t used, room;
	bool failed; /* for want of memory: something is missing */
};

void skep_tool_buffer_clear(struct skep_tool_buffer *buffer);
void skep_tool_buffer_free(struct skep_tool_buffer *buffer);

void skep_tool_buffer_add(struct skep_tool_buffer *buffer, const char *data, size_t bytes);
void skep_tool_buffer_repeat(struct skep_tool_buffer *buffer, char c, size_t times);
void skep_tool_buffer_print(struct skep_tool_buffer *buffer, const char *format, va_list args)
	SKEP_PRINTF(2, 0);

/* Spaces before what begins at `start`. */
void skep_tool_buffer_indent(struct skep_tool_buffer *buffer, size_t start, size_t times);

/*
 * Adds bytes of others': what a terminal would act on, and what is not UTF-8, as \xNN; a backslash, and
 * where it is `quoted` a quotation mark, behind a backslash.
 */
void skep_tool_buffer_escape(struct skep_tool_buffer *buffer, const char *bytes, size_t length,
			     bool quoted);

/* --- utf8.c --- */

/* How many bytes the first character has, which is put into `*c`; 0 where it is not UTF-8. */
size_t skep_tool_utf8(const char *bytes, size_t length, uint32_t *c);

/* Whether a terminal would do something else with it than show it. */
bool skep_tool_is_control(uint32_t c);

/* In characters. */
size_t skep_tool_width(const char *text, size_t length);

#endif
