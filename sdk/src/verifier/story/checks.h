/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Which branches of a path compared a value, and what became of it between there and its use. */
#ifndef SKEP_VERIFIER_CHECKS_H
#define SKEP_VERIFIER_CHECKS_H

#include "flow.h"

enum skep_relation {
	SKEP_CHECK_SAME,   /* this very value */
	SKEP_CHECK_BEFORE, /* what it was computed from, later */
	SKEP_CHECK_COPY,   /* something else made of the same */
	SKEP_CHECK_REREAD, /* what was read from the same place before */
};

struct skep_check {
	struct skep_op op;
	size_t step; /* the branch */
	enum skep_relation relation;
	int reg;         /* that it compares */
	uint32_t value;  /* in it */
	uint32_t change; /* BEFORE: the first value made from it that leads to the use */
};

#define SKEP_CHAIN_MOST 32

/* A value, what it was made from, and so on. */
struct skep_chain {
	uint32_t at[SKEP_CHAIN_MOST];
	size_t count;
};

/* Through moves of 32 bits, arithmetic with numbers, and readings of what was spilled in part. */
void skep_chain_of(struct skep_chain *chain, const struct skep_flow *flow, uint32_t id);

/* Whether two readings are of the same place. */
bool skep_reads_same(const struct skep_flow *flow, uint32_t a, uint32_t b);

/* Which of the comparisons before step `use`, nearest first, are of the chain's values. */
size_t skep_checks_find(const struct skep_flow *flow, const struct skep_chain *chain, size_t use,
			struct skep_check *checks, size_t most);

/* A comparison by order, not by equality. */
bool skep_op_is_ordered(const struct skep_op *op);

#endif
