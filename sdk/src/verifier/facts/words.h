/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* How causes are worded: the variable that a register is, as the program calls it. */
#ifndef SKEP_VERIFIER_WORDS_H
#define SKEP_VERIFIER_WORDS_H

#include "verifier/explanation.h"

/* The line of source that a step belongs to; empty where the log does not quote it. */
struct skep_span skep_words_source(const struct skep_case *c, size_t step);

/* Whether two steps belong to the same line. */
bool skep_words_same_line(const struct skep_case *c, size_t a, size_t b);

/* "`slot`" for what a check compares, or "R1". */
const char *skep_words_compared(const struct skep_case *c, size_t step, int reg);

/* What a line of source compares by order: `slot` of `if (slot > 15)`; empty where unsure. */
struct skep_span skep_words_ordered(struct skep_span source);

/* "`slot`" for what a line assigns, or "R1". */
const char *skep_words_assigned(const struct skep_case *c, size_t step, int reg);

#endif
