/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What somebody meant who wrote a word that is not there. */
#ifndef SKEP_VERIFIER_NEAR_H
#define SKEP_VERIFIER_NEAR_H

#include "span.h"

/*
 * The word of a list, which ends with NULL, that needs the fewest letters changed; NULL where that is
 * more than one of `share` letters (one in all is always allowed), or where two are as near
 * and begin alike.
 */
const char *skep_near_word(struct skep_span word, const char *const *list, size_t share);

#endif
