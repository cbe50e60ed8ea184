/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What the machine-readable forms of an explanation share: text that is UTF-8, and names of files. */
#ifndef SKEP_CLI_EXPLAIN_FORM_H
#define SKEP_CLI_EXPLAIN_FORM_H

#include <jansson.h>

#include "explain_show.h"

/* A copy that is UTF-8: each byte that is none gives way to U+FFFD. NULL without memory. */
char *form_utf8(const char *text);

/* A string of such a copy; null for NULL. */
json_t *form_text(const char *text);
json_t *form_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Writes it with its end of line, and releases it. Non-zero where that failed. */
int form_dump(json_t *object, FILE *out);

/* Adds `costs`, where there are any: explain_cost_json.c. */
void form_costs(json_t *object, const struct skep_explanation *explanation);

/* The contract: explain_json.c. `story`: with the steps. */
json_t *form_explanation(const struct skep_explanation *explanation, bool story);

/*
 * A source file as seen from the current folder: `file` is as the compiler was given it, and
 * begins where `show` says. `.` and `..` are worked out. NULL without memory.
 */
char *form_path(const struct show *show, const char *file);

/* As a reference in a URI: what is no letter, digit or -._~/ is %-encoded. */
char *form_uri(const char *path);

#endif
