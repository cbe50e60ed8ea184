/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * A wording of a kernel against a line. In patterns, {reg} is a register or an argument, {n:x} a
 * number, {w:x} a word, {s:x} text up to what follows; `*` at the end is any end.
 */
#ifndef SKEP_VERIFIER_PATTERN_H
#define SKEP_VERIFIER_PATTERN_H

#include "fields.h"

/* Whether the whole line is of that wording; what it names is added to `fields` then. */
bool skep_pattern_match(struct skep_span pattern, struct skep_span line,
			struct skep_fields *fields);

#endif
