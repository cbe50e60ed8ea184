/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * A file of C as text: enough of its grammar to find words, brackets and lines. `code` is the file
 * with comments and the insides of strings as spaces, and preprocessor lines as '#', so that a
 * position is the same in both.
 */
#ifndef SKEP_VERIFIER_C_TEXT_H
#define SKEP_VERIFIER_C_TEXT_H

#include "verifier/text/span.h"

#define SKEP_NOWHERE SIZE_MAX

struct skep_ctext {
	char *text, *code;
	size_t length;
};

/* Reads a regular file of at most a megabyte; relative names begin at `dir`. 0 or a negative errno. */
int skep_ctext_read(struct skep_ctext *c, const char *dir, const char *file);

/* Takes a copy of a text. 0 or -ENOMEM. */
int skep_ctext_of(struct skep_ctext *c, struct skep_span text);
void skep_ctext_free(struct skep_ctext *c);

/* Where a line, from 1, begins; SKEP_NOWHERE when there is none. */
size_t skep_ctext_line(const struct skep_ctext *c, unsigned line);
unsigned skep_ctext_line_of(const struct skep_ctext *c, size_t at);
size_t skep_ctext_line_start(const struct skep_ctext *c, size_t at);
size_t skep_ctext_line_end(const struct skep_ctext *c, size_t at); /* at its newline, or the end */

/* The white space that a position's line begins with. */
struct skep_span skep_ctext_indent(const struct skep_ctext *c, size_t at);

static inline bool skep_ctext_is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '#';
}

/* The next position that is no blank; `end` when there is none. */
size_t skep_ctext_skip(const struct skep_ctext *c, size_t at, size_t end);

/* The last position before `at`, and not before `from`, that is no blank; or SKEP_NOWHERE. */
size_t skep_ctext_back(const struct skep_ctext *c, size_t at, size_t from);

/* Behind the bracket that closes the one at `at`; `end` when there is none. */
size_t skep_ctext_match(const struct skep_ctext *c, size_t at, size_t end);

/* The word at `at`; empty if there is none. */
struct skep_span skep_ctext_word(const struct skep_ctext *c, size_t at);
bool skep_ctext_is_word(const struct skep_ctext *c, size_t at, struct skep_span word);

/* The first place of a whole word in [from, end); or SKEP_NOWHERE. */
size_t skep_ctext_find(const struct skep_ctext *c, size_t from, size_t end, struct skep_span word);

/* [from, end) as it stands in the file, and without comments. */
struct skep_span skep_ctext_span(const struct skep_ctext *c, size_t from, size_t end);
struct skep_span skep_ctext_code(const struct skep_ctext *c, size_t from, size_t end);

/* Where the arguments of a call are: `open` is its parenthesis. How many, at most `most`. */
size_t skep_ctext_arguments(const struct skep_ctext *c, size_t open, struct skep_span *arguments,
			    size_t most);

#endif
