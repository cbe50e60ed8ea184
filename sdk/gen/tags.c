/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Which types a header defines. BTF does not say where a type comes from, and a compiler cannot
 * be asked when a header is generated elsewhere than it is compiled; so the header's text is
 * read: `struct x {`, `union x {`, `enum x {` and `typedef ... x;`.
 */
#include "model.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <skep/error.h>

#define DEEPEST 16 /* of nested includes: a cycle ends here */

static int add(struct gen_tags *tags, const char *kind, const char *name, size_t length)
{
	char **grown = realloc(tags->names, (tags->count + 1) * sizeof(*grown));
	char *text = NULL;

	if (!grown)
		return -ENOMEM;
	tags->names = grown;
	if (asprintf(&text, "%s%s%.*s", kind, *kind ? " " : "", (int)length, name) < 0)
		return -ENOMEM;
	tags->names[tags->count++] = text;
	return 0;
}

bool gen_tags_have(const struct gen_tags *tags, const char *kind, const char *name)
{
	char text[GEN_DECL];

	snprintf(text, sizeof(text), "%s%s%s", kind, *kind ? " " : "", name);
	for (size_t i = 0; i < tags->count; i++)
		if (!strcmp(tags->names[i], text))
			return true;
	return false;
}

void gen_tags_free(struct gen_tags *tags)
{
	for (size_t i = 0; i < tags->count; i++)
		free(tags->names[i]);
	free(tags->names);
}

static char *read_all(const char *path)
{
	FILE *f = fopen(path, "re");
	char *text = NULL;
	size_t room = 0;
	ssize_t n;

	if (!f)
		return NULL;
	n = getdelim(&text, &room, '\0', f);
	fclose(f);
	if (n >= 0)
		return text;
	free(text);
	return strdup(""); /* an empty file defines nothing */
}

/* Blanks comments and the insides of character and string literals, but not of #include. */
static void blank_comments(char *t)
{
	while (*t) {
		if (t[0] == '/' && t[1] == '/') {
			while (*t && *t != '\n')
				*t++ = ' ';
		} else if (t[0] == '/' && t[1] == '*') {
			for (; *t && !(t[0] == '*' && t[1] == '/'); t++)
				*t = *t == '\n' ? '\n' : ' ';
			if (*t)
				t[0] = t[1] = ' ';
		} else {
			t++;
		}
	}
}

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* `at` is behind the keyword: adds the tag when a definition follows. */
static int read_tag(struct gen_tags *tags, const char *kind, const char *at)
{
	size_t length = 0;
	const char *name;

	name = at + strspn(at, " \t\r\n");
	while (is_word(name[length]))
		length++;
	at = name + length;
	at += strspn(at, " \t\r\n");
	return length && *at == '{' ? add(tags, kind, name, length) : 0;
}

/* `at` is behind "typedef": the name is the last word before the semicolon, or its array. */
static int read_typedef(struct gen_tags *tags, const char *at)
{
	const char *word = NULL;
	size_t length = 0;
	int depth = 0;

	for (; *at && !(*at == ';' && !depth); at++) {
		depth += (*at == '{' || *at == '[') - (*at == '}' || *at == ']');
		if (depth || !is_word(*at))
			continue;
		word = at;
		for (length = 0; is_word(word[length]);)
			length++;
		at += length - 1;
	}
	return word ? add(tags, "", word, length) : 0;
}

static int read_file(struct gen_tags *tags, const char *path, int depth);

/* #include "x.h", beside the file that says it. What is not there is the compiler's affair. */
static int read_include(struct gen_tags *tags, const char *line, const char *from, int depth)
{
	const char *slash = strrchr(from, '/');
	char name[256], path[4096];

	if (sscanf(line, "# include \"%255[^\"\n]\"", name) != 1 || depth >= DEEPEST)
		return 0;
	snprintf(path, sizeof(path), "%.*s%s", slash ? (int)(slash - from) + 1 : 0, from, name);
	return read_file(tags, path, depth + 1) == -ENOMEM ? -ENOMEM : 0;
}

static int read_text(struct gen_tags *tags, const char *text, const char *path, int depth)
{
	static const char *const kinds[] = { "struct", "union", "enum" };
	int err = 0;

	for (const char *at = text; *at && !err; at++) {
		if (*at == '#') {
			err = read_include(tags, at, path, depth);
			continue;
		}
		if (!is_word(*at) || (at > text && is_word(at[-1])))
			continue;
		for (size_t i = 0; i < 3 && !err; i++) {
			size_t n = strlen(kinds[i]);

			if (!strncmp(at, kinds[i], n) && !is_word(at[n]))
				err = read_tag(tags, kinds[i], at + n);
		}
		if (!err && !strncmp(at, "typedef", 7) && !is_word(at[7]))
			err = read_typedef(tags, at + 7);
	}
	return err;
}

static int read_file(struct gen_tags *tags, const char *path, int depth)
{
	char *text = read_all(path);
	int err;

	if (!text)
		return -errno;
	blank_comments(text);
	err = read_text(tags, text, path, depth);
	free(text);
	return err;
}

int gen_tags_read(struct gen_tags *tags, const char *path)
{
	int err = read_file(tags, path, 0);

	return err ? skep_error_set(err, NULL, "cannot read %s: %s", path, strerror(-err)) : 0;
}
