/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Comments, literals and preprocessor directives: what must not be taken for definitions. */
#include "tags.h"

#include <ctype.h>
#include <string.h>

static void blank(char *from, const char *to)
{
	for (; from < to; from++)
		if (*from != '\n')
			*from = ' ';
}

/* Behind a literal that begins at `at`; its inside is blanked unless it is to be kept. */
static char *skip_literal(char *at, bool keep)
{
	char quote = *at, *end = at + 1;

	while (*end && *end != quote && *end != '\n')
		end += end[0] == '\\' && end[1] ? 2 : 1;
	if (!keep)
		blank(at + 1, end);
	return *end == quote ? end + 1 : end;
}

static char *skip_comment(char *at)
{
	char *end;

	if (at[1] == '/') {
		end = at + strcspn(at, "\n");
	} else {
		end = strstr(at + 2, "*/");
		end = end ? end + 2 : at + strlen(at);
	}
	blank(at, end);
	return end;
}

static char *skip_spaces(char *at)
{
	return at + strspn(at, " \t");
}

/* Whether the line at `at`, which may begin with spaces, is an #include. */
static bool is_include(char *at)
{
	at = skip_spaces(at);
	return *at == '#' && !strncmp(skip_spaces(at + 1), "include", 7);
}

void gen_blank_comments(char *text)
{
	bool include = is_include(text);
	char *at;

	for (at = text; (at = strchr(at, '\\'));) {
		size_t newline = at[1] == '\r' && at[2] == '\n' ? 2 : 1;

		if (at[newline] == '\n')
			memset(at, ' ', newline + 1);
		at++;
	}
	for (at = text; *at;) {
		if (*at == '\n') {
			include = is_include(++at);
		} else if (*at == '"' || *at == '\'') {
			at = skip_literal(at, include);
		} else if (*at == '/' && (at[1] == '/' || at[1] == '*')) {
			at = skip_comment(at);
		} else {
			at++;
		}
	}
}

enum truth {
	NO,
	YES,
	UNKNOWN
};

/* Names of which it is known whether the user's compiler defines them. */
static enum truth is_defined(const char *name, size_t length)
{
	static const char *const never[] = { "__bpf__", "__BPF__", "SKEP_BPF_SIDE", "__VMLINUX_H__",
					     "__KERNEL__" };

	for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++)
		if (strlen(never[i]) == length && !strncmp(never[i], name, length))
			return NO;
	return UNKNOWN;
}

static enum truth negate(enum truth t)
{
	return t == UNKNOWN ? UNKNOWN : t == YES ? NO : YES;
}

static size_t word_length(const char *at)
{
	size_t length = 0;

	while (isalnum((unsigned char)at[length]) || at[length] == '_')
		length++;
	return length;
}

/* `0`, `1`, `defined(X)`, `!defined X`, and nothing behind it. */
static enum truth evaluate(char *at, const char *end)
{
	bool negated = false, parenthesis = false;
	enum truth result = UNKNOWN;
	size_t length;

	at = skip_spaces(at);
	if (*at == '!') {
		negated = true;
		at = skip_spaces(at + 1);
	}
	length = word_length(at);
	if (length == 1 && (*at == '0' || *at == '1')) {
		result = *at == '1' ? YES : NO;
		at += length;
	} else if (length == 7 && !strncmp(at, "defined", 7)) {
		at = skip_spaces(at + length);
		parenthesis = *at == '(';
		at = skip_spaces(at + parenthesis);
		length = word_length(at);
		result = is_defined(at, length);
		at = skip_spaces(at + length);
		at += parenthesis && *at == ')';
	}
	at += strspn(at, " \t\r");
	if (at < end)
		return UNKNOWN;
	return negated ? negate(result) : result;
}

#define DEEPEST 64

/* The conditions around a line. */
struct conditions {
	struct {
		enum truth taken; /* whether a branch before this one was */
		enum truth now;
	} stack[DEEPEST];
	size_t depth;
};

static bool is_active(const struct conditions *c)
{
	for (size_t i = 0; i < c->depth && i < DEEPEST; i++)
		if (c->stack[i].now == NO)
			return false;
	return true;
}

static void open_branch(struct conditions *c, enum truth condition)
{
	if (c->depth < DEEPEST) {
		c->stack[c->depth].taken = NO;
		c->stack[c->depth].now = condition;
	}
	c->depth++;
}

static void next_branch(struct conditions *c, enum truth condition)
{
	if (!c->depth || c->depth > DEEPEST)
		return;
	if (c->stack[c->depth - 1].now != NO && c->stack[c->depth - 1].taken != YES)
		c->stack[c->depth - 1].taken = c->stack[c->depth - 1].now;
	c->stack[c->depth - 1].now = c->stack[c->depth - 1].taken == YES ? NO : condition;
}

/* Whether the directive at `at` is `name`; then `at` is moved behind it. */
static bool is_directive(char **at, const char *name)
{
	size_t length = word_length(*at);

	if (length != strlen(name) || strncmp(*at, name, length))
		return false;
	*at = skip_spaces(*at + length);
	return true;
}

static int read_directive(struct gen_tags *tags, struct conditions *c, char *at, const char *end,
			  const char *path)
{
	if (is_directive(&at, "if")) {
		open_branch(c, evaluate(at, end));
	} else if (is_directive(&at, "ifdef")) {
		open_branch(c, is_defined(at, word_length(at)));
	} else if (is_directive(&at, "ifndef")) {
		open_branch(c, negate(is_defined(at, word_length(at))));
	} else if (is_directive(&at, "elif")) {
		next_branch(c, evaluate(at, end));
	} else if (is_directive(&at, "else")) {
		next_branch(c, YES);
	} else if (is_directive(&at, "endif")) {
		c->depth -= c->depth > 0;
	} else if (is_directive(&at, "include") && is_active(c)) {
		if (*at == '"')
			return gen_tags_include(tags, at + 1, strcspn(at + 1, "\"\n"), path);
		if (*at == '<')
			return gen_tags_include(tags, at + 1, strcspn(at + 1, ">\n"), NULL);
	}
	return 0;
}

int gen_read_directives(struct gen_tags *tags, char *text, const char *path)
{
	struct conditions conditions = { .depth = 0 };
	int err = 0;

	for (char *line = text, *end; *line && !err; line = end + (*end == '\n')) {
		char *at = skip_spaces(line);

		end = line + strcspn(line, "\n");
		if (*at == '#')
			err = read_directive(tags, &conditions, skip_spaces(at + 1), end, path);
		if (*at == '#' || !is_active(&conditions))
			blank(line, end);
	}
	return err;
}
