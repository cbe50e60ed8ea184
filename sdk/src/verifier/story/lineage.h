/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Which steps of the way had to do with one register, read off the steps of a diagnostic: where
 * its value was made, copied, changed, kept on the stack and compared.
 */
#ifndef SKEP_VERIFIER_LINEAGE_H
#define SKEP_VERIFIER_LINEAGE_H

#include <skep/verifier.h>

#include "verifier/log/insn.h"

enum skep_deed {
	SKEP_DEED_RETURNED, /* a helper or kfunc returned it */
	SKEP_DEED_COPIED,
	SKEP_DEED_STORED,  /* put on the stack */
	SKEP_DEED_FETCHED, /* read back from the stack */
	SKEP_DEED_LOADED,  /* read from other memory */
	SKEP_DEED_SET,     /* a number, an address, or computed in one go */
	SKEP_DEED_CHANGED, /* arithmetic on what it was */
	SKEP_DEED_COMPARED,
	SKEP_DEED_HANDED, /* from a caller to a function */
	SKEP_DEED_GIVEN,  /* from a function to its caller */
	SKEP_DEED_BRANCH, /* a branch that has nothing to do with it */
	SKEP_DEED_CAUSE,  /* `slot` is the index of a cause of the diagnostic */
	SKEP_DEED_REFUSED,
};

struct skep_lineage_step {
	size_t step; /* of the diagnostic */
	enum skep_deed deed;
	int reg;  /* what it is in behind that; -1: the slot */
	int from; /* register that it was in before; -1 */
	int slot; /* of the stack, negative; 0 for none */
};

struct skep_lineage {
	struct skep_lineage_step *at; /* oldest first; the last is the refused step */
	size_t count;
};

/* Of the register that the kernel's message is about; branches alone if it names none. */
int skep_lineage_find(struct skep_lineage *lineage, const struct skep_diagnostic *d);
void skep_lineage_free(struct skep_lineage *lineage);

/* The instruction of a step, as the parts of the engine read it. */
struct skep_insn skep_lineage_insn(const struct skep_step_taken *step);

/* Whether the way goes on elsewhere than behind branch `step`. */
bool skep_lineage_jumped(const struct skep_diagnostic *d, size_t step);

/* What register `reg` is behind step `step`, as the log has it; empty if it does not. */
struct skep_span skep_lineage_value(const struct skep_diagnostic *d, size_t step, int reg);

#endif
