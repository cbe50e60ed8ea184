/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What the files of causes share. A rule returns whether the log shows what the message says. */
#ifndef SKEP_VERIFIER_CAUSES_H
#define SKEP_VERIFIER_CAUSES_H

#include "explanation.h"
#include "story.h"

/* Of the register that the message is about. */
struct skep_origin skep_cause_origin(const struct skep_case *c);

/* Where a value comes from, in words. False where the log does not show it. */
bool skep_cause_add_origin(struct skep_case *c, const struct skep_origin *origin);

bool skep_cause_find_null(struct skep_case *c);
bool skep_cause_find_scalar(struct skep_case *c);
bool skep_cause_find_packet(struct skep_case *c);

#endif
