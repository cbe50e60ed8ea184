/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Where a value came from: backwards along the path, through moves, spills and fills, arithmetic,
 * and calls of the program's own functions.
 */
#ifndef SKEP_VERIFIER_STORY_H
#define SKEP_VERIFIER_STORY_H

#include "path.h"

enum skep_origin_kind {
	SKEP_ORIGIN_UNKNOWN,  /* the log does not reach so far back */
	SKEP_ORIGIN_CALL,     /* what a helper or kfunc returned */
	SKEP_ORIGIN_LOAD,     /* read from memory */
	SKEP_ORIGIN_CONSTANT, /* a number, or the address of a map's value */
	SKEP_ORIGIN_COMPUTED, /* another operation that makes a new value */
	SKEP_ORIGIN_LOST,     /* R1 to R5 after a call */
	SKEP_ORIGIN_ENTRY,    /* there at the beginning: the context, or an argument */
};

struct skep_origin {
	enum skep_origin_kind kind;
	size_t step;           /* of the path; SKEP_NO_STEP for ENTRY and UNKNOWN */
	struct skep_span call; /* CALL: which */
	size_t arithmetic;     /* the last step that added to the value; or SKEP_NO_STEP */
	int addend;            /* the register that was added there; -1 for a number */
	size_t branch;         /* the last step that compared it; or SKEP_NO_STEP */
};

/* The value that register `number` has before step `step`. */
struct skep_origin skep_story_origin(const struct skep_path *path, size_t step, int number);

/* The last call, before step `step`, of a function whose name contains one of these words. */
size_t skep_story_find_call(const struct skep_path *path, size_t step, const char *const *words);

/* The step of instruction `number`, the last one before `step`; or SKEP_NO_STEP. */
size_t skep_story_find_insn(const struct skep_path *path, size_t step, int64_t number);

/* The last branch, before `step`, that compares a register whose value begins with `type`. */
size_t skep_story_find_check(const struct skep_path *path, size_t step, struct skep_span type);

#endif
