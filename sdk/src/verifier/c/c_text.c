/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "c_text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/cleanup.h"

#define FILE_MOST ((size_t)1 << 20)

/* A comment or a quoted text from `at` on: where it ends. What is inside becomes spaces. */
static size_t blank_comment(struct skep_ctext *c, size_t at)
{
	bool block = c->code[at + 1] == '*';
	size_t end = at + 2;

	while (end < c->length &&
	       (block ? c->text[end - 1] != '/' || c->text[end - 2] != '*' || end < at + 4
		      : c->text[end] != '\n'))
		end++;
	for (size_t i = at; i < end; i++)
		if (c->code[i] != '\n')
			c->code[i] = ' ';
	return end;
}

static size_t blank_quoted(struct skep_ctext *c, size_t at)
{
	char quote = c->text[at++];

	while (at < c->length && c->text[at] != quote && c->text[at] != '\n') {
		size_t n = c->text[at] == '\\' && at + 1 < c->length && c->text[at + 1] != '\n' ? 2
												: 1;

		memset(c->code + at, ' ', n);
		at += n;
	}
	return at < c->length ? at + 1 : at;
}

static size_t mark_directive(struct skep_ctext *c, size_t at)
{
	for (; at < c->length; at++) {
		if (c->text[at] == '\n' && (!at || c->text[at - 1] != '\\'))
			break;
		if (c->text[at] != '\n')
			c->code[at] = '#';
	}
	return at;
}

static void mask(struct skep_ctext *c)
{
	bool fresh = true; /* nothing but blanks on this line so far */
	size_t at = 0;

	while (at < c->length) {
		char now = c->text[at], next = at + 1 < c->length ? c->text[at + 1] : '\0';

		if (now == '#' && fresh) {
			at = mark_directive(c, at);
		} else if (now == '/' && (next == '*' || next == '/')) {
			at = blank_comment(c, at);
		} else if (now == '"' || now == '\'') {
			at = blank_quoted(c, at);
			fresh = false;
		} else {
			if (!skep_ctext_is_blank(now))
				fresh = false;
			if (now == '\n')
				fresh = true;
			at++;
		}
	}
}

int skep_ctext_of(struct skep_ctext *c, struct skep_span text)
{
	*c = (struct skep_ctext){ .text = malloc(text.length + 1), .length = text.length };
	c->code = malloc(text.length + 1);
	if (!c->text || !c->code) {
		skep_ctext_free(c);
		return -ENOMEM;
	}
	if (text.length) {
		memcpy(c->text, text.at, text.length);
		memcpy(c->code, text.at, text.length);
	}
	c->text[text.length] = c->code[text.length] = '\0';
	mask(c);
	return 0;
}

int skep_ctext_read(struct skep_ctext *c, const char *dir, const char *file)
{
	AUTO_CLOSE int base = -1;
	AUTO_CLOSE int fd = -1;
	AUTO_FREE char *text = NULL;
	struct stat st;
	size_t used = 0;

	base = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	/* Absolute names need no directory. A fifo must not stop us. */
	fd = openat(base, file, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0 || fstat(fd, &st))
		return -errno;
	if (!S_ISREG(st.st_mode) || st.st_size <= 0 || (size_t)st.st_size > FILE_MOST)
		return -EINVAL;
	text = malloc((size_t)st.st_size);
	if (!text)
		return -ENOMEM;
	while (used < (size_t)st.st_size) {
		ssize_t n = read(fd, text + used, (size_t)st.st_size - used);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		used += (size_t)n;
	}
	if (memchr(text, '\0', used))
		return -EINVAL;
	return skep_ctext_of(c, (struct skep_span){ text, used });
}

void skep_ctext_free(struct skep_ctext *c)
{
	free(c->text);
	free(c->code);
	*c = (struct skep_ctext){ 0 };
}

size_t skep_ctext_line(const struct skep_ctext *c, unsigned line)
{
	size_t at = 0;

	if (!line)
		return SKEP_NOWHERE;
	while (--line) {
		const char *end =
			at < c->length ? memchr(c->text + at, '\n', c->length - at) : NULL;

		if (!end)
			return SKEP_NOWHERE;
		at = (size_t)(end - c->text) + 1;
	}
	return at < c->length ? at : SKEP_NOWHERE;
}

unsigned skep_ctext_line_of(const struct skep_ctext *c, size_t at)
{
	unsigned line = 1;

	for (size_t i = 0; i < at && i < c->length; i++)
		line += c->text[i] == '\n';
	return line;
}

size_t skep_ctext_line_start(const struct skep_ctext *c, size_t at)
{
	while (at > 0 && c->text[at - 1] != '\n')
		at--;
	return at;
}

size_t skep_ctext_line_end(const struct skep_ctext *c, size_t at)
{
	while (at < c->length && c->text[at] != '\n')
		at++;
	return at;
}

struct skep_span skep_ctext_indent(const struct skep_ctext *c, size_t at)
{
	size_t start = skep_ctext_line_start(c, at), end = start;

	while (end < c->length && (c->text[end] == ' ' || c->text[end] == '\t'))
		end++;
	return skep_ctext_span(c, start, end);
}

size_t skep_ctext_skip(const struct skep_ctext *c, size_t at, size_t end)
{
	while (at < end && skep_ctext_is_blank(c->code[at]))
		at++;
	return at;
}

size_t skep_ctext_back(const struct skep_ctext *c, size_t at, size_t from)
{
	while (at > from)
		if (!skep_ctext_is_blank(c->code[--at]))
			return at;
	return SKEP_NOWHERE;
}

size_t skep_ctext_match(const struct skep_ctext *c, size_t at, size_t end)
{
	int depth = 0;

	for (; at < end; at++) {
		depth += strchr("([{", c->code[at]) && c->code[at];
		if (c->code[at] && strchr(")]}", c->code[at]) && --depth <= 0)
			return at + 1;
	}
	return end;
}

struct skep_span skep_ctext_word(const struct skep_ctext *c, size_t at)
{
	size_t end = at;

	while (end < c->length && skep_is_word(c->code[end]))
		end++;
	return skep_ctext_code(c, at, end);
}

bool skep_ctext_is_word(const struct skep_ctext *c, size_t at, struct skep_span word)
{
	return skep_span_is(skep_ctext_word(c, at), word) &&
	       (!at || !skep_is_word(c->code[at - 1]));
}

size_t skep_ctext_find(const struct skep_ctext *c, size_t from, size_t end, struct skep_span word)
{
	while (word.length && from < end && end <= c->length) {
		ptrdiff_t at = skep_span_find(skep_ctext_code(c, from, end), word);

		if (at < 0)
			break;
		if (skep_ctext_is_word(c, from + (size_t)at, word))
			return from + (size_t)at;
		from += (size_t)at + 1;
	}
	return SKEP_NOWHERE;
}

struct skep_span skep_ctext_span(const struct skep_ctext *c, size_t from, size_t end)
{
	if (from >= c->length || end <= from)
		return (struct skep_span){ c->text, 0 };
	return (struct skep_span){ c->text + from, (end < c->length ? end : c->length) - from };
}

struct skep_span skep_ctext_code(const struct skep_ctext *c, size_t from, size_t end)
{
	struct skep_span span = skep_ctext_span(c, from, end);

	span.at = c->code + (span.at - c->text);
	return span;
}

size_t skep_ctext_arguments(const struct skep_ctext *c, size_t open, struct skep_span *arguments,
			    size_t most)
{
	size_t end = skep_ctext_match(c, open, c->length), from = open + 1, count = 0;

	for (size_t at = from; at < end; at++) {
		if (strchr("([{", c->code[at]) && c->code[at]) {
			at = skep_ctext_match(c, at, end) - 1;
			continue;
		}
		if (c->code[at] != ',' && at + 1 != end)
			continue;
		if (count < most)
			arguments[count] = skep_span_trim(skep_ctext_span(c, from, at));
		if (count || at + 1 != end || skep_ctext_skip(c, from, at) < at)
			count++;
		from = at + 1;
	}
	return count < most ? count : most;
}
