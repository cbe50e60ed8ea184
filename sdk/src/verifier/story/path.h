/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * The way that the verifier took to the refused instruction, backwards. Where the log jumps to
 * another path (`from 5 to 9:`), the way goes on at the branch that led there.
 */
#ifndef SKEP_VERIFIER_PATH_H
#define SKEP_VERIFIER_PATH_H

#include "verifier/log/insn.h"
#include "verifier/log/lines.h"

#define SKEP_NO_STEP SIZE_MAX

struct skep_step {
	size_t line; /* of the log */
	int frame;   /* of the function that it is in, outermost 0 */
	struct skep_insn insn;
	struct skep_span before; /* a state printed before it; or empty */
};

struct skep_path {
	struct skep_step *at; /* the last instruction first */
	size_t count;
};

/* The way to the last instruction before line `end`. 0 or -ENOMEM. */
int skep_path_trace(struct skep_path *path, const struct skep_lines *lines, size_t end);
void skep_path_free(struct skep_path *path);

/* Value of a register before step `step` in the frame of that step; empty if not told. */
struct skep_span skep_path_register(const struct skep_path *path, size_t step, int number);

/* What R0 is behind step `step`, a call of a helper or kfunc. */
struct skep_span skep_path_result(const struct skep_path *path, size_t step);

#endif
