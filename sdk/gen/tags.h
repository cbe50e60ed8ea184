/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* How headers are read for the types that they define. */
#ifndef SKEP_GEN_TAGS_H
#define SKEP_GEN_TAGS_H

#include "model.h"

/* --- tags.c --- */

/* Notes a definition; `kind` is "struct", "union", "enum", or "" for a typedef. 0 or -ENOMEM. */
int gen_tags_add(struct gen_tags *tags, const char *kind, const char *name, size_t length);

/* Reads #include "name", found in the file `from`; NULL: #include <name>. 0 or -ENOMEM. */
int gen_tags_include(struct gen_tags *tags, const char *name, size_t length, const char *from);

/* --- directives.c: what the preprocessor does to a header, as far as it matters here --- */

/* Blanks comments and the insides of literals, and joins lines that end in a backslash. */
void gen_blank_comments(char *text);

/*
 * Follows #include, and blanks directives and what is surely not for user space: #if 0,
 * #ifdef __bpf__. Where a condition is not known, both branches stay. 0 or -ENOMEM.
 */
int gen_read_directives(struct gen_tags *tags, char *text, const char *path);

/* --- definitions.c --- */

/* Notes all definitions of a text without comments and directives. 0 or -ENOMEM. */
int gen_read_definitions(struct gen_tags *tags, const char *text);

#endif
