/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A message's text, put together piece by piece. Never overflows: what has no room is cut. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "bpf_log.h"

#define DOTS "..."
#define ROOM (SKEP_BPF_LOG_MOST - sizeof(DOTS)) /* dots and NUL always fit */

void skep_bpf_log_begin(struct skep_bpf_log_text *text)
{
	text->used = 0;
	text->cut = false;
}

void skep_bpf_log_add(struct skep_bpf_log_text *text, const char *letters, size_t count)
{
	size_t room = ROOM - text->used;

	if (count > room) {
		count = room;
		text->cut = true;
	}
	memcpy(text->buf + text->used, letters, count);
	text->used += count;
}

void skep_bpf_log_addf(struct skep_bpf_log_text *text, const char *format, ...)
{
	char piece[128];
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(piece, sizeof(piece), format, args);
	va_end(args);
	if (n > 0)
		skep_bpf_log_add(text, piece, strlen(piece));
}

static void add_letter(struct skep_bpf_log_text *text, unsigned char letter)
{
	static const char known[] = "\a\b\t\n\v\f\r", names[] = "abtnvfr";
	const char *at = letter ? strchr(known, letter) : NULL;

	if (at)
		skep_bpf_log_addf(text, "\\%c", names[at - known]);
	else
		skep_bpf_log_addf(text, "\\x%02x", letter);
}

/* One of the 32 controls above ASCII, which UTF-8 writes as c2 80 to c2 9f; terminals obey them. */
static bool is_high_control(const unsigned char *bytes, size_t count)
{
	return count > 1 && bytes[0] == 0xc2 && bytes[1] >= 0x80 && bytes[1] < 0xa0;
}

void skep_bpf_log_add_foreign(struct skep_bpf_log_text *text, const char *letters, size_t count)
{
	const unsigned char *bytes = (const unsigned char *)letters;
	size_t plain = 0;

	for (size_t i = 0; i < count && !text->cut; i++) {
		bool is_high = is_high_control(bytes + i, count - i);

		if (bytes[i] >= ' ' && bytes[i] != 0x7f && !is_high)
			continue;
		skep_bpf_log_add(text, letters + plain, i - plain);
		add_letter(text, bytes[i]);
		if (is_high)
			add_letter(text, bytes[++i]);
		plain = i + 1;
	}
	if (plain < count)
		skep_bpf_log_add(text, letters + plain, count - plain);
}

void skep_bpf_log_pad(struct skep_bpf_log_text *text, size_t from,
		      const struct skep_bpf_log_field *field)
{
	size_t has = text->used - from, wants = field->width > 0 ? (size_t)field->width : 0,
	       missing;

	if (has >= wants || text->cut)
		return;
	missing = wants - has;
	if (missing > ROOM - text->used) {
		missing = ROOM - text->used;
		text->cut = true;
	}
	if (field->left) {
		memset(text->buf + text->used, ' ', missing);
	} else {
		memmove(text->buf + from + missing, text->buf + from, has);
		memset(text->buf + from, ' ', missing);
	}
	text->used += missing;
}

const char *skep_bpf_log_finish(struct skep_bpf_log_text *text)
{
	while (!text->cut && text->used && text->buf[text->used - 1] == '\n')
		text->used--;
	if (text->cut) {
		memcpy(text->buf + text->used, DOTS, sizeof(DOTS));
		text->used += sizeof(DOTS) - 1;
	}
	text->buf[text->used] = '\0';
	return text->buf;
}
