/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Counts of instructions by line of source, and which function calls which. */
#ifndef SKEP_VERIFIER_COST_TALLY_H
#define SKEP_VERIFIER_COST_TALLY_H

#include "verifier/text/arena.h"

#define SKEP_TALLY_INSNS     ((uint32_t)1 << 20) /* the kernel takes no longer program */
#define SKEP_TALLY_FUNCTIONS 256

struct skep_tally_insn;
struct skep_tally_source;

struct skep_tally {
	struct skep_arena *arena; /* for lines of source */
	struct skep_tally_insn *insns;
	size_t insn_room;
	struct skep_tally_source *sources; /* from 1 on; a hash table beside it */
	size_t source_count, source_room;
	uint32_t *buckets;
	uint32_t current; /* the line of source that instructions belong to; 0: none */
	uint64_t shown;   /* instructions in all */
	uint64_t pruned;  /* of them looked at once more */
	bool level_2;     /* the log has what only level 2 prints */
	bool listing;     /* what comes is a listing, not what was walked */
	bool bare;        /* lines were seen to begin without a loader's words */
	int64_t starts[SKEP_TALLY_FUNCTIONS]; /* first instruction of each function */
	size_t functions;
	struct {
		int64_t from, to;
	} calls[4 * SKEP_TALLY_FUNCTIONS];
	size_t call_count;
};

/* A line of source; or an instruction, where the log has no lines at all. */
struct skep_tally_line {
	struct skep_span source; /* as the log has it; or empty */
	int insn;                /* the first of it that the log shows */
	uint64_t offset;         /* where the log shows that */
	uint64_t insns;
};

/* All return 0 or -ENOMEM. */
int skep_tally_source(struct skep_tally *tally, struct skep_span line);
int skep_tally_insn(struct skep_tally *tally, uint32_t insn, uint64_t offset);
/* It was looked at once more, and found to be as before. */
int skep_tally_pruned(struct skep_tally *tally, uint32_t insn);

void skep_tally_function(struct skep_tally *tally, int64_t number, int64_t start);
void skep_tally_call(struct skep_tally *tally, int64_t insn, int64_t target);

/* The lines, the dearest first; the caller frees them. How many. */
size_t skep_tally_lines(const struct skep_tally *tally, struct skep_tally_line **lines);

/* Stack of the deepest chain of calls; 0 where the log does not show which function calls which. */
unsigned skep_tally_stack(const struct skep_tally *tally, const unsigned *stacks, size_t count);

void skep_tally_free(struct skep_tally *tally);

#endif
