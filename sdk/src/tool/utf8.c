/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Characters of UTF-8, and which of them are more than characters. */
#include "tool/buffer.h"

/* The least that is written with so many bytes: what is less is not UTF-8, though it can be decoded. */
static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };

static size_t length_of(unsigned char first)
{
	if (first < 0x80)
		return 1;
	if (first >= 0xc2 && first < 0xe0)
		return 2;
	if (first >= 0xe0 && first < 0xf0)
		return 3;
	return first >= 0xf0 && first < 0xf5 ? 4 : 0;
}

size_t skep_tool_utf8(const char *bytes, size_t length, uint32_t *c)
{
	size_t n = length ? length_of((unsigned char)bytes[0]) : 0;
	uint32_t value;

	if (!n || n > length)
		return 0;
	value = (unsigned char)bytes[0] & (n == 1 ? 0x7fU : 0xffU >> (n + 1));
	for (size_t i = 1; i < n; i++) {
		if (((unsigned char)bytes[i] & 0xc0) != 0x80)
			return 0;
		value = value << 6 | ((unsigned char)bytes[i] & 0x3f);
	}
	if (value < least[n] || value > 0x10ffff || (value >= 0xd800 && value < 0xe000))
		return 0;
	*c = value;
	return n;
}

bool skep_tool_is_control(uint32_t c)
{
	if (c < ' ' || (c >= 0x7f && c < 0xa0))
		return true;
	/* These end lines, or turn the order of what follows around. */
	return c == 0x61c || c == 0x200e || c == 0x200f || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2066 && c <= 0x2069);
}

size_t skep_tool_width(const char *text, size_t length)
{
	size_t n = 0;

	for (size_t i = 0; i < length; i++)
		n += ((unsigned char)text[i] & 0xc0) != 0x80;
	return n;
}
