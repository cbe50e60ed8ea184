/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The names that headers of the kernel give to what programs return. */
#ifndef SKEP_VERIFIER_VERDICTS_H
#define SKEP_VERIFIER_VERDICTS_H

#include "verifier/text/span.h"

/* `TC_ACT_SHOT`: 2; false where it is no such name. */
bool skep_verdict_number(struct skep_span name, int64_t *number);

#endif
