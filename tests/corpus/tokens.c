/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "tokens.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Words of C, of the field and of plain sentences: they name nothing of a program. */
static const char common[] =
	" if for while return int char void long unsigned struct const static inline sizeof data ctx "
	"SEC license GPL NULL the and not before after with value size pointer check use bound "
	"map key program function number read write call type of or is it in to an as at be by on "
	"that this first last index array stack memory packet buffer argument line loop lock ";

static size_t word_length(const char *text)
{
	size_t n = 0;

	while (isalnum((unsigned char)text[n]) || text[n] == '_')
		n++;
	return n;
}

static bool is_common(const char *word, size_t length)
{
	char padded[80];

	snprintf(padded, sizeof(padded), " %.*s ", (int)length, word);
	return length < 2 || length > 64 || strstr(common, padded) || !strncmp(word, "bpf_", 4) ||
	       !strncmp(word, "__", 2) || !strncmp(word, "BPF_", 4);
}

static bool has_word(const char *source, const char *word, size_t length)
{
	for (const char *at = source; (at = strstr(at, word)); at += length)
		if (!(at > source && (isalnum((unsigned char)at[-1]) || at[-1] == '_')) &&
		    word_length(at) == length)
			return true;
	return false;
}

/* In backquotes stands what is meant as a name, whatever it is. */
static bool names(const char *source, const char *text)
{
	bool quoted = false;

	while (text && *text) {
		size_t n = word_length(text);
		char word[80];

		quoted = *text == '`' || (quoted && n);
		if (n && n < sizeof(word) && (quoted || !is_common(text, n))) {
			snprintf(word, sizeof(word), "%.*s", (int)n, text);
			if (has_word(source, word, n))
				return true;
		}
		text += n ? n : 1;
	}
	return false;
}

/* A number above 1 that the kernel's message has: a size or a limit of this program. */
static bool has_number(const char *message, const char *text)
{
	while (text && *text) {
		size_t n = word_length(text);
		char word[80];

		if (n && n < sizeof(word) && isdigit((unsigned char)*text) &&
		    strtoul(text, NULL, 0) > 1) {
			snprintf(word, sizeof(word), "%.*s", (int)n, text);
			if (has_word(message, word, n))
				return true;
		}
		text += n ? n : 1;
	}
	return false;
}

/* Without its comments' words, as far as whole lines go. */
static char *read_source(const char *path)
{
	FILE *file = fopen(path, "re");
	char *text = file ? calloc(1, 1 << 16) : NULL, line[512];
	size_t used = 0;

	while (text && fgets(line, sizeof(line), file) && used + sizeof(line) < 1 << 16)
		if (strncmp(line, "/*", 2) && strncmp(line, " *", 2))
			used += (size_t)sprintf(text + used, "%s", line);
	if (file)
		fclose(file);
	return text;
}

bool tokens_name_program(const char *path, const char *message, const char *text, const char *code)
{
	char *source = read_source(path);
	bool found = source && (names(source, text) || names(source, code) ||
				has_number(message, text) || has_number(message, code));

	free(source);
	return found;
}
