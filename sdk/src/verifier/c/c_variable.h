/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Declarations of variables in a file of C. */
#ifndef SKEP_VERIFIER_C_VARIABLE_H
#define SKEP_VERIFIER_C_VARIABLE_H

#include "c_parse.h"

enum skep_cvariable_place {
	SKEP_C_LOCAL,
	SKEP_C_PARAMETER,
	SKEP_C_GLOBAL
};

struct skep_cvariable {
	enum skep_cvariable_place place;
	struct skep_span name;
	struct skep_span type; /* without stars, with qualifiers */
	int stars;             /* of a pointer */
	bool array;
	struct skep_span dimension; /* what stands in the first brackets */
	size_t start;               /* of the declaration */
	size_t at, at_end;          /* the name; behind it and its brackets */
	size_t init, init_end;      /* SKEP_NOWHERE without an initialiser */
	int statement;              /* LOCAL: the statement; -1 in the head of a loop */
	bool alone;                 /* nothing else is declared with it */
};

/* What a name means at a position of a function: the last declaration before it. */
bool skep_cvariable_find(const struct skep_ctext *c, const struct skep_cfunction *function,
			 const struct skep_cbody *body, struct skep_span name, size_t at,
			 struct skep_cvariable *variable);

/* A variable outside functions. */
bool skep_cvariable_global(const struct skep_ctext *c, struct skep_span name,
			   struct skep_cvariable *variable);

/* The variable that text from `start` to `end` declares under this name; empty name: the first. */
bool skep_cvariable_read(const struct skep_ctext *c, size_t start, size_t end,
			 struct skep_span name, struct skep_cvariable *variable);

/* A parameter, from 0; where `macro` holds the function's name, that is not counted. */
bool skep_cvariable_parameter(const struct skep_ctext *c, const struct skep_cfunction *function,
			      size_t index, struct skep_cvariable *variable);

/* One that is no pointer, array, structure or union. */
bool skep_cvariable_is_number(const struct skep_cvariable *variable);
bool skep_cvariable_is_unsigned(const struct skep_cvariable *variable);

#endif
