/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What the verifier knows of a number: read off `scalar(umin=1,umax=64,...)` in all spellings. */
#ifndef SKEP_VERIFIER_RANGE_H
#define SKEP_VERIFIER_RANGE_H

#include "verifier/text/arena.h"
#include "verifier/log/insn.h"

struct skep_range {
	bool known; /* the log tells; else all is open */
	bool constant;
	int64_t smin, smax;
	uint64_t umin, umax;
};

/* Of a register's value; for a pointer, of the variable part of its offset. */
struct skep_range skep_range_of(struct skep_span value);

/* Has no upper end that is of any use: beyond 2^31 as an unsigned number. */
/* Of its lower 32 bits, as an unsigned number. */
struct skep_range skep_range_low(struct skep_span value);
bool skep_range_open_above(const struct skep_range *range);
/* May be negative as a signed number. */
bool skep_range_open_below(const struct skep_range *range);

/* `0..15`, `5`, `any number`. */
const char *skep_range_words(struct skep_arena *arena, const struct skep_range *range);

#endif
