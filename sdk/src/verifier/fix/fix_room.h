/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* How large the things are that C expressions name. */
#ifndef SKEP_VERIFIER_FIX_ROOM_H
#define SKEP_VERIFIER_FIX_ROOM_H

#include "fixer.h"

/* How many elements an array has, as its declaration says it; empty where it is no array. */
struct skep_span skep_room_dimension(const struct skep_fixer *fx, struct skep_span array);

/*
 * How many bytes lie at an expression that is a pointer, as C: `sizeof(buf)`. Where its type does
 * not tell, what the log knows of register `reg`; NULL where that is nothing.
 */
const char *skep_room_bytes(const struct skep_fixer *fx, struct skep_span pointer, int reg);

/* The bytes behind the address that a register holds, as the log has it; 0 when it does not. */
int64_t skep_room_of_register(const struct skep_fixer *fx, int reg);

/* A number, or a constant that a #define of the file has as a number. */
bool skep_room_number(const struct skep_fixer *fx, struct skep_span text, int64_t *number);

/* The same with sums, differences, products and shifts of them: `MAX + 1`, `(1 << 6) - 1`. */
bool skep_room_value(const struct skep_fixer *fx, struct skep_span text, int64_t *number);

/* fix_size.c: what was reserved is smaller than what is used; false where that is not it. */
bool skep_fix_object(struct skep_fixer *fx);

#endif
