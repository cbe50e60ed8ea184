/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Text that grows. */
#include "tool/buffer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void skep_tool_buffer_clear(struct skep_tool_buffer *buffer)
{
	buffer->used = 0;
	buffer->failed = false;
}

void skep_tool_buffer_free(struct skep_tool_buffer *buffer)
{
	free(buffer->data);
	*buffer = (struct skep_tool_buffer){ 0 };
}

/* Makes room for so many bytes more, and a NUL. */
static bool grow(struct skep_tool_buffer *buffer, size_t bytes)
{
	size_t wanted, room;
	char *data;

	if (buffer->failed)
		return false;
	if (__builtin_add_overflow(buffer->used, bytes, &wanted) || wanted > SIZE_MAX / 4) {
		buffer->failed = true;
		return false;
	}
	if (wanted < buffer->room)
		return true;
	room = wanted * 2 < 512 ? 512 : wanted * 2;
	data = realloc(buffer->data, room);
	if (!data) {
		buffer->failed = true;
		return false;
	}
	buffer->data = data;
	buffer->room = room;
	return true;
}

void skep_tool_buffer_add(struct skep_tool_buffer *buffer, const char *data, size_t bytes)
{
	if (!bytes || !grow(buffer, bytes))
		return;
	memcpy(buffer->data + buffer->used, data, bytes);
	buffer->used += bytes;
}

void skep_tool_buffer_repeat(struct skep_tool_buffer *buffer, char c, size_t times)
{
	if (!times || !grow(buffer, times))
		return;
	memset(buffer->data + buffer->used, c, times);
	buffer->used += times;
}

void skep_tool_buffer_print(struct skep_tool_buffer *buffer, const char *format, va_list args)
{
	va_list again;
	int n;

	va_copy(again, args);
	n = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (n < 0)
		buffer->failed = true;
	if (n <= 0 || !grow(buffer, (size_t)n + 1))
		return;
	vsnprintf(buffer->data + buffer->used, (size_t)n + 1, format, args);
	buffer->used += (size_t)n;
}

void skep_tool_buffer_indent(struct skep_tool_buffer *buffer, size_t start, size_t times)
{
	size_t moved = buffer->used - start;

	if (!times || !grow(buffer, times))
		return;
	memmove(buffer->data + start + times, buffer->data + start, moved);
	memset(buffer->data + start, ' ', times);
	buffer->used += times;
}

static void add_hex(struct skep_tool_buffer *buffer, const char *bytes, size_t count)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < count; i++) {
		unsigned char c = (unsigned char)bytes[i];
		const char text[] = { '\\', 'x', digits[c >> 4], digits[c & 15] };

		skep_tool_buffer_add(buffer, text, sizeof(text));
	}
}

/* How many bytes at the beginning can be taken as they are. */
static size_t plain(const char *bytes, size_t length, bool quoted)
{
	size_t n = 0;

	while (n < length && (unsigned char)bytes[n] >= ' ' && (unsigned char)bytes[n] < 0x7f &&
	       bytes[n] != '\\' && (!quoted || bytes[n] != '"'))
		n++;
	return n;
}

/* One character that is not plain; returns how many bytes it had. */
static size_t add_one(struct skep_tool_buffer *buffer, const char *bytes, size_t length)
{
	uint32_t c = 0;
	size_t n = skep_tool_utf8(bytes, length, &c);

	if (c == '\\' || c == '"')
		skep_tool_buffer_add(buffer, "\\", 1);
	if (n && !skep_tool_is_control(c)) {
		skep_tool_buffer_add(buffer, bytes, n);
		return n;
	}
	n += !n; /* a byte that is not UTF-8 */
	add_hex(buffer, bytes, n);
	return n;
}

void skep_tool_buffer_escape(struct skep_tool_buffer *buffer, const char *bytes, size_t length,
			     bool quoted)
{
	while (length) {
		size_t n = plain(bytes, length, quoted);

		skep_tool_buffer_add(buffer, bytes, n);
		if (n < length)
			n += add_one(buffer, bytes + n, length - n);
		bytes += n;
		length -= n;
	}
}
