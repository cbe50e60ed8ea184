/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The catalogue of refusals: catalogue.tsv as it is used. */
#ifndef SKEP_VERIFIER_CATALOGUE_H
#define SKEP_VERIFIER_CATALOGUE_H

#include "fields.h"

/* Which story explains an entry; causes.c has one function for each. */
enum skep_rule {
	SKEP_RULE_NONE,
	SKEP_RULE_SELF, /* the refused instruction alone is the cause */
	SKEP_RULE_NULL,
	SKEP_RULE_SCALAR,
	SKEP_RULE_PACKET,
	SKEP_RULE_STACK,
	SKEP_RULE_BOUND,
	SKEP_RULE_UNINIT,
	SKEP_RULE_ARITH,
	SKEP_RULE_ARG,
	SKEP_RULE_CTX,
	SKEP_RULE_REFERENCE,
	SKEP_RULE_DYNPTR,
	SKEP_RULE_LOCK,
	SKEP_RULE_LOOP,
	SKEP_RULE_RET,
};

struct skep_entry {
	int number;
	const char *name;
	enum skep_rule rule;
	const char *title;
	const char *about;
};

/* A template that belongs to an entry, with the condition that it is for. */
struct skep_say {
	int number;
	struct skep_span when;
	const char *text;
	const char *code; /* of a fix; else NULL */
};

#define SKEP_UNKNOWN_REFUSAL 999

const struct skep_entry *skep_entry_find(int number);
const struct skep_entry *skep_entry_at(size_t index); /* NULL after the last */

/* The entry's templates, in their order; NULL after the last. `at` begins with 0. */
const struct skep_say *skep_entry_next_say(int number, size_t *at);
const struct skep_say *skep_entry_next_fix(int number, size_t *at);

/* A pattern of the entry; NULL behind the last. */
const char *skep_entry_wording(int number, size_t index);

/* What a line is to the catalogue. */
enum skep_wording {
	SKEP_WORDING_UNKNOWN,
	SKEP_WORDING_WARNING,
	SKEP_WORDING_WRAPPER,
	SKEP_WORDING_DETAIL,
	SKEP_WORDING_REFUSAL,
};

/*
 * Looks a line up. Fields that the line names are added, and `kind` for a detail. For a refusal
 * `number` is its entry's; conditions look at the fields, so details and the story come first.
 * `refusals_only`: what else could be a warning or a detail is taken for a refusal.
 */
enum skep_wording skep_catalogue_look_up(struct skep_span line, bool refusals_only,
					 struct skep_fields *fields, int *number);

#endif
