/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A bound of the program's own that lets too much through. */
#ifndef SKEP_VERIFIER_FIX_CLAMP_H
#define SKEP_VERIFIER_FIX_CLAMP_H

#include "fix_room.h"

/* What a variable may be where it is used, as a number and as C. */
struct skep_clamp {
	struct skep_span name;
	int64_t most;
	const char *most_text; /* `sizeof(buf)`, `SLOTS - 1` */
	const char *beyond; /* the first that does not fit: `SLOTS`; NULL: compared with the most */
	const char *mask;   /* with which it fits; NULL where there is none */
	bool may_be_negative; /* and is so in the refused state */
};

/*
 * Corrects the last comparison or mask before the place that is looked at, where its number lets
 * through more than the most. False: there is none, or what it lets through is not known.
 */
bool skep_fix_clamp(struct skep_fixer *fx, const struct skep_clamp *clamp);

/* The same for `hash & 127` in an expression. */
bool skep_fix_inner_mask(struct skep_fixer *fx, const struct skep_clamp *clamp, size_t from,
			 size_t end);

#endif
