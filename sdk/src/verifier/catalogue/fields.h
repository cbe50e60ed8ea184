/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What is known about a refusal, by name: from its message, and from the story. */
#ifndef SKEP_VERIFIER_FIELDS_H
#define SKEP_VERIFIER_FIELDS_H

#include "verifier/text/arena.h"

#define SKEP_FIELDS_MOST 96

struct skep_field {
	struct skep_span name, value;
};

struct skep_fields {
	struct skep_field at[SKEP_FIELDS_MOST];
	size_t count;
};

/* The first value stays; an empty value is not set. */
void skep_fields_set(struct skep_fields *fields, struct skep_span name, struct skep_span value);
struct skep_span skep_fields_get(const struct skep_fields *fields, struct skep_span name);
bool skep_fields_number(const struct skep_fields *fields, struct skep_span name, int64_t *number);

/* `kind=pkt|fp type=sock`: for each, the field begins with one of these. Empty is true. */
bool skep_fields_agree(const struct skep_fields *fields, struct skep_span condition);

/* Puts values into a template; NULL where one that it needs is not known. */
const char *skep_fields_expand(const struct skep_fields *fields, struct skep_arena *arena,
			       const char *template);

#endif
