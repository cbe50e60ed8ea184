/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Values as aligned text, a line each, under a heading that names the columns. */
#ifndef SKEP_CLI_ROWS_H
#define SKEP_CLI_ROWS_H

#include <jansson.h>
#include <stdio.h>

#define ROWS_COLUMNS 64

/* What the last line looked like: a heading comes whenever `owner` changes or a column grows. */
struct rows {
	FILE *out;
	const void *last;         /* who printed it */
	int widths[ROWS_COLUMNS]; /* the first is the name's */
};

/*
 * One line, of columns for an object; `owner` is the same pointer for lines with the same
 * columns.
 */
void rows_print(struct rows *rows, const void *owner, const char *name, json_t *value);

#endif
