/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Fields that the object tells: variables by their DWARF names, and maps. */
#ifndef SKEP_VERIFIER_OBJECT_FACTS_H
#define SKEP_VERIFIER_OBJECT_FACTS_H

#include "verifier/explanation.h"

/*
 * Behind the other facts; needs a refused instruction. What the object does not tell stays as it
 * is: `var`, `idx` and `buf` by the names of C variables, `map` in full, with `ks`, `vs`,
 * `map_entries` and `value_type`, and `global` for a global variable.
 */
void skep_object_facts_add(struct skep_case *c);

#endif
