/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* An array and its index, as the file has them. */
#ifndef SKEP_VERIFIER_FIX_INDEXING_H
#define SKEP_VERIFIER_FIX_INDEXING_H

#include "fixer.h"

/* `array[index]`, or `base + number`, in the file. */
struct skep_indexing {
	struct skep_span base, index;
	bool plus;
};

/* From the refused line to where the index is: through the pointer's assignment, and the caller. */
bool skep_indexing_trace(struct skep_fixer *fx, struct skep_indexing *found);

#endif
