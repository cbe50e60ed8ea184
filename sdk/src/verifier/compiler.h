/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What clang refuses to make BPF code of, from what it printed. */
#ifndef SKEP_VERIFIER_COMPILER_H
#define SKEP_VERIFIER_COMPILER_H

#include "verifier/explanation.h"

/* Adds a diagnostic for each mistake that the catalogue knows; how many. */
size_t skep_compiler_explain(struct skep_explanation *out, struct skep_case *c);

#endif
