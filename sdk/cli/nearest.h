/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* "Did you mean ...?", for names that somebody typed. */
#ifndef SKEP_CLI_NEAREST_H
#define SKEP_CLI_NEAREST_H

#include <stddef.h>

#define NEAREST_MOST 3

struct nearest {
	const char *typed;
	const char *names[NEAREST_MOST]; /* borrowed; the best first */
	size_t apart[NEAREST_MOST];
	size_t count;
};

/* Each name that there is; what is not like the one that was typed is left out. */
void nearest_offer(struct nearest *nearest, const char *name);

/* "did you mean a or b? REST", or REST alone where nothing is like it. */
const char *nearest_hint(const struct nearest *nearest, const char *rest, char *text, size_t room);

#endif
