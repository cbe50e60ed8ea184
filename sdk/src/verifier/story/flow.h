/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Values along a path: the path is walked once, oldest step first, and each register and stack slot
 * has the number of the value in it. A copy has the same number; what is computed from a value has a
 * new one that says from which. So a check of one register can be related to the use of another.
 */
#ifndef SKEP_VERIFIER_FLOW_H
#define SKEP_VERIFIER_FLOW_H

#include "verifier/log/decode.h"
#include "path.h"

enum skep_value_kind {
	SKEP_VALUE_UNKNOWN,  /* the log does not reach so far back, or is cut there */
	SKEP_VALUE_UNSET,    /* never written */
	SKEP_VALUE_ENTRY,    /* an argument of the program, of a global function or a callback */
	SKEP_VALUE_FRAME,    /* the frame pointer */
	SKEP_VALUE_CALL,     /* what a helper, kfunc or global function returned */
	SKEP_VALUE_LOST,     /* R1 to R5 after a call */
	SKEP_VALUE_LOAD,     /* read from memory: `from` is the address, `number` the offset */
	SKEP_VALUE_WRITTEN,  /* memory of the stack that a call wrote */
	SKEP_VALUE_CONSTANT, /* `number` */
	SKEP_VALUE_ADDRESS,  /* of a map, a map's value, a function */
	SKEP_VALUE_COMPUTED, /* by `code` from `from`, and from `with` or else `number` */
};

struct skep_value {
	enum skep_value_kind kind;
	int code;            /* COMPUTED: skep_alu */
	bool wide;           /* COMPUTED: on 64 bits */
	bool sign;           /* the sign is extended */
	int reg;             /* that it was made in */
	int frame;           /* FRAME: whose; else where it was made */
	int bytes;           /* LOAD: how many */
	size_t step;         /* that made it; or SKEP_NO_STEP */
	uint32_t from, with; /* other values; 0: none */
	int64_t number;
};

struct skep_slot {
	int frame, offset, bytes;
	uint32_t value;
	size_t step; /* that wrote it */
};

struct skep_flow {
	const struct skep_path *path;
	struct skep_value *values; /* from 1 */
	size_t count, room;
	uint32_t (*before)[11];  /* for each step, what registers 0 to 10 have before it */
	struct skep_slot *slots; /* as they are before the newest step */
	size_t slot_count;
	bool failed; /* no memory: nothing is known */
};

/* Walks a path. Check `failed`. */
void skep_flow_build(struct skep_flow *flow, const struct skep_path *path, bool from_entry);
void skep_flow_free(struct skep_flow *flow);

/* The number of the value in a register before a step; 0 where it is not known. */
uint32_t skep_flow_register(const struct skep_flow *flow, size_t step, int reg);

/* A value by number; that of 0 is UNKNOWN. Lives as long as the flow. */
const struct skep_value *skep_flow_value(const struct skep_flow *flow, uint32_t id);

/* Where on whose stack a value points; false for any other. */
bool skep_flow_stack_address(const struct skep_flow *flow, uint32_t id, int *frame,
			     int64_t *offset);

/* What a value is made from where that is one value and numbers only: its start. */
uint32_t skep_flow_root(const struct skep_flow *flow, uint32_t id);

/* Whether the branch at a step was taken on this path. */
bool skep_flow_taken(const struct skep_flow *flow, size_t step);

/* Whether a step may follow another, as far as their numbers tell. */
bool skep_flow_follows(const struct skep_insn *insn, const struct skep_op *op, int next);

#endif
