/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* `struct x {`, `union x {`, `enum x {` and `typedef ... x;` in a text. */
#include "tags.h"

#include <ctype.h>
#include <string.h>

static size_t word_length(const char *at)
{
	size_t length = 0;

	while (isalnum((unsigned char)at[length]) || at[length] == '_')
		length++;
	return length;
}

static const char *skip_spaces(const char *at)
{
	return at + strspn(at, " \t\r\n\f\v");
}

static bool is_word(const char *at, size_t length, const char *word)
{
	return length == strlen(word) && !strncmp(at, word, length);
}

/* Behind the bracket that closes the one at `at`; brackets of all kinds are counted as one. */
static const char *skip_group(const char *at)
{
	int depth = 0;

	do {
		depth += (*at == '(' || *at == '[' || *at == '{');
		depth -= (*at == ')' || *at == ']' || *at == '}');
	} while (*at && (at++, depth > 0));
	return at;
}

static bool is_attribute(const char *at, size_t length)
{
	return is_word(at, length, "__attribute__") || is_word(at, length, "__attribute") ||
	       is_word(at, length, "_Alignas") || is_word(at, length, "alignas");
}

/*
 * `at` is behind the keyword. The tag is the word before the brace, or before the colon of an
 * enum with a type; attributes, also as macros, may stand before it.
 */
static int read_tag(struct gen_tags *tags, const char *kind, const char *at)
{
	const char *name = NULL;
	size_t length = 0;

	for (;;) {
		at = skip_spaces(at);
		if (word_length(at)) {
			name = at;
			length = word_length(at);
			at += length;
		} else if (*at == '(' || *at == '[') {
			name = NULL; /* what is before it is an attribute's name */
			at = skip_group(at);
		} else {
			break;
		}
	}
	if (!name || (*at != '{' && *at != ':'))
		return 0;
	if (*at == ':')
		at += strcspn(at, "{;,)");
	return *at == '{' ? gen_tags_add(tags, kind, name, length) : 0;
}

struct declarator {
	const char *name;
	size_t length;
	bool is_function; /* `(*name)(...)`: the name is known */
	bool has_body;    /* behind `struct { ... }` */
};

/* `(*name)(int x)`: the first word behind the star, or what is no such group. */
static void read_parentheses(struct declarator *d, const char *at)
{
	at = skip_spaces(at + 1);
	if (*at != '*' || d->is_function)
		return;
	for (; *at && *at != ')'; at++) {
		size_t length = word_length(at);

		if (!length)
			continue;
		if (!is_word(at, length, "const") && !is_word(at, length, "volatile")) {
			d->name = at;
			d->length = length;
			d->is_function = true;
			return;
		}
		at += length - 1;
	}
}

static int add_declarator(struct gen_tags *tags, struct declarator *d)
{
	int err = d->name ? gen_tags_add(tags, "", d->name, d->length) : 0;

	d->name = NULL;
	d->is_function = false;
	return err;
}

/*
 * A word of a typedef: its name is the last one. Behind a body every word is noted, because an
 * attribute may be a macro: `typedef struct { ... } name PACKED;`.
 */
static int read_word(struct gen_tags *tags, struct declarator *d, const char *at, size_t length)
{
	int err = d->has_body ? add_declarator(tags, d) : 0;

	if (!d->is_function) {
		d->name = at;
		d->length = length;
	}
	return err;
}

/* `at` is behind "typedef". */
static int read_typedef(struct gen_tags *tags, const char *at)
{
	struct declarator d = { 0 };
	int err = 0;

	for (at = skip_spaces(at); *at && *at != ';' && !err; at = skip_spaces(at)) {
		size_t length = word_length(at);

		if (length && is_attribute(at, length)) {
			at = skip_group(skip_spaces(at + length));
		} else if (length) {
			err = read_word(tags, &d, at, length);
			at += length;
		} else if (*at == '{') {
			d.has_body = true;
			d.name = NULL;
			at = skip_group(at);
		} else if (*at == '(' || *at == '[') {
			if (*at == '(')
				read_parentheses(&d, at);
			at = skip_group(at);
		} else {
			if (*at == ',')
				err = add_declarator(tags, &d);
			at++;
		}
	}
	return err ? err : add_declarator(tags, &d);
}

int gen_read_definitions(struct gen_tags *tags, const char *text)
{
	static const char *const kinds[] = { "struct", "union", "enum" };
	int err = 0;

	for (const char *at = text; *at && !err;) {
		size_t length = word_length(at);

		for (size_t i = 0; i < 3 && length && !err; i++)
			if (is_word(at, length, kinds[i]))
				err = read_tag(tags, kinds[i], at + length);
		if (!err && length && is_word(at, length, "typedef"))
			err = read_typedef(tags, at + length);
		at += length ? length : 1;
	}
	return err;
}
