/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The functions of a file of C, and the statements of one of them: where a line may be put. */
#ifndef SKEP_VERIFIER_C_PARSE_H
#define SKEP_VERIFIER_C_PARSE_H

#include "c_text.h"

struct skep_cfunction {
	struct skep_span name, section; /* section: of SEC("..."); or empty */
	struct skep_span type;          /* what it returns, with qualifiers; empty for macros */
	size_t head;                    /* where it begins */
	size_t parameters;              /* its parenthesis */
	size_t body, end;               /* its brace, and behind the one that closes it */
	bool macro;                     /* BPF_PROG(name, ...) and such */
};

enum skep_cstatement_kind {
	SKEP_C_BLOCK,
	SKEP_C_IF,
	SKEP_C_LOOP,
	SKEP_C_SWITCH,
	SKEP_C_LABEL,
	SKEP_C_RETURN,
	SKEP_C_JUMP, /* goto, break, continue */
	SKEP_C_PLAIN,
};

struct skep_cstatement {
	enum skep_cstatement_kind kind;
	size_t start, end; /* with its `;` or brace */
	size_t head;       /* IF, LOOP, SWITCH: the parenthesis; else SKEP_NOWHERE */
	size_t head_end;   /* behind that */
	size_t lead;       /* of a lone one: behind what it is the body of */
	int parent;        /* -1: the function's body */
	int body, other;   /* of control statements; other: of else. -1: none */
	bool lone;         /* the body of a control statement, without braces */
};

struct skep_cbody {
	struct skep_cstatement *at;
	size_t count, room;
	bool failed; /* out of memory, or nothing that can be followed */
};

/* The function around a position; false when there is none. */
bool skep_cfunction_around(const struct skep_ctext *c, size_t at, struct skep_cfunction *function);

/* The next function at or behind `*at`, which moves on. */
bool skep_cfunction_next(const struct skep_ctext *c, size_t *at, struct skep_cfunction *function);

/* Statements in their order, parents before children. The caller frees in any case. */
void skep_cbody_parse(const struct skep_ctext *c, const struct skep_cfunction *function,
		      struct skep_cbody *body);
void skep_cbody_free(struct skep_cbody *body);

/* The innermost statement that a position is in, but for blocks; -1 when there is none. */
int skep_cbody_find(const struct skep_cbody *body, size_t at);

/* The sibling before or after a statement; -1 when there is none. */
int skep_cbody_before(const struct skep_cbody *body, int statement);
int skep_cbody_after(const struct skep_cbody *body, int statement);

#endif
