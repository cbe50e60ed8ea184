/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* One instruction of a log, and the states that the verifier prints. */
#ifndef SKEP_VERIFIER_INSN_H
#define SKEP_VERIFIER_INSN_H

#include "verifier/text/span.h"

struct skep_insn {
	int number;
	int opcode;
	struct skep_span text;  /* r1 = *(u32 *)(r2 +4) */
	struct skep_span state; /* what it changed: R1=scalar(...); may be empty */
	struct skep_span next;  /* of a branch: the state where it goes on, if that stands here */
};

bool skep_insn_parse(struct skep_span line, struct skep_insn *insn);

/* A call of a helper or kfunc: its name; empty for anything else. */
struct skep_span skep_insn_callee(const struct skep_insn *insn);

/* A call of another function of the program. */
bool skep_insn_calls_function(const struct skep_insn *insn);
bool skep_insn_is_exit(const struct skep_insn *insn);
bool skep_insn_is_branch(const struct skep_insn *insn);

/* Where a register gets a new value: `r1 = ...`, `w2 += ...`; -1 where none does. */
int skep_insn_target(const struct skep_insn *insn);

/* What it gets: the text behind the operator; `op` is "=", "+=", "&=" and so on. */
struct skep_span skep_insn_operand(const struct skep_insn *insn, struct skep_span *op);

/* r1 or w1 at the front of a text: 1; -1 where there is none. */
int skep_register_number(struct skep_span text);

/* Slot of a stack access through r10: -8 for `(r10 -8)`; 0 where there is none. */
int skep_insn_stack_slot(struct skep_span operand);

/* Number of the frame that a state belongs to; 0 for the outermost. */
int skep_state_frame(struct skep_span state);

/* Value of register `number` in a state: `map_value_or_null(id=1,...)`; empty if not told. */
struct skep_span skep_state_register(struct skep_span state, int number);

/* Value of a stack slot, `slot` being negative. */
struct skep_span skep_state_slot(struct skep_span state, int slot);

/* A number such as `r=` in `pkt(off=4,r=14)`. */
bool skep_value_number(struct skep_span value, const char *key, int64_t *number);

/* The type of a value: everything before its parenthesis, `scalar` for older spellings of it. */
struct skep_span skep_value_type(struct skep_span value);

#endif
