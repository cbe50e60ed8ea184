/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Names of the program, read off the lines of C that the log quotes. Empty where unsure. */
#ifndef SKEP_VERIFIER_NAMES_H
#define SKEP_VERIFIER_NAMES_H

#include "verifier/text/span.h"

/* `struct count *c = lookup(...)`, `c = lookup(...)`: c. */
struct skep_span skep_name_assigned(struct skep_span source);

/* `c->hits++`, `*c = 1`: c. Empty where there are several. */
struct skep_span skep_name_dereferenced(struct skep_span source);

/* `buf[i]`: i. */
struct skep_span skep_name_index(struct skep_span source);

/* `c->slots[i]`: c->slots. */
struct skep_span skep_name_array(struct skep_span source);

/* `f(a, &b, c)`: argument `number` (from 1) of the call of `function`, if it is one name. */
struct skep_span skep_name_argument(struct skep_span source, struct skep_span function, int number);

/* The same, whatever expression it is; empty where the line does not have it whole. */
struct skep_span skep_name_expression(struct skep_span source, struct skep_span function,
				      int number);

/* `int on_exec(void *ctx)`, `int BPF_PROG(on_exec, ...)`: on_exec. */
struct skep_span skep_name_function(struct skep_span source);

#endif
