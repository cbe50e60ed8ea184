/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* One refusal with the source that it is about: what those who make fixes work with. */
#ifndef SKEP_VERIFIER_FIXER_H
#define SKEP_VERIFIER_FIXER_H

#include "verifier/c/c_variable.h"
#include "change.h"
#include "verifier/explanation.h"
#include "verifier/story/story.h"

#define SKEP_FIXES_MOST 3

struct skep_fixer {
	const struct skep_case *c;
	struct skep_diagnostic *d;
	struct skep_arena *arena;
	struct skep_ctext text;         /* of the refused line's file */
	const char *file, *name;        /* as the compiler was given it; as a patch names it */
	struct skep_cfunction function; /* around the refused line */
	struct skep_cbody body;
	size_t at, end; /* the line that is looked at, without its indentation */
	int statement;  /* there; -1 */
	struct skep_fix *fixes;
	size_t count;
};

/*
 * Where no instruction was verified: the file that has the program, without a place in it. False
 * when there is none, or the refused line is known.
 */
bool skep_fixer_open_program(struct skep_fixer *fx, const struct skep_case *c,
			     struct skep_diagnostic *d, struct skep_fix *fixes);

/*
 * Goes to the file that has the program, where the refused line is in a header of somebody else.
 * False: it is not at hand, and the file stays.
 */
bool skep_fixer_leave_header(struct skep_fixer *fx);

/* Opens the file of the refused line; false when it is not at hand, or is another than compiled. */
bool skep_fixer_open(struct skep_fixer *fx, const struct skep_case *c, struct skep_diagnostic *d,
		     struct skep_fix *fixes);
void skep_fixer_close(struct skep_fixer *fx);

/* Where a place's line begins, if it is in this file and reads as the log has it. */
size_t skep_fixer_position(const struct skep_fixer *fx, const struct skep_place *place);

/* The statement of this function that a step of the path belongs to; -1 when there is none. */
int skep_fixer_step(const struct skep_fixer *fx, size_t step);

/* The innermost statement at a position; behind an `else`, the one that follows it. */
int skep_fixer_statement_at(const struct skep_fixer *fx, size_t at);

/* Looks at another line of the file instead, perhaps in another function. False: nothing changed. */
bool skep_fixer_move(struct skep_fixer *fx, size_t at);

/* Where a variable gets its value, the last such statement before a position of the function. */
struct skep_assignment {
	int statement;
	size_t start, end; /* of what is assigned */
};
bool skep_fixer_assigned(const struct skep_fixer *fx, struct skep_span name, size_t before,
			 struct skep_assignment *assignment);

/*
 * Goes to the statement that calls this function: the last one on the path, or the only one.
 * `*argument` is what it passes for parameter `index`, and where.
 */
bool skep_fixer_climb(struct skep_fixer *fx, struct skep_span parameter,
		      struct skep_span *argument);
size_t skep_fixer_offset(const struct skep_fixer *fx, struct skep_span span);

/* Adds a fix whose edits are these changes. False when it cannot be placed. */
bool skep_fixer_offer(struct skep_fixer *fx, struct skep_changes *changes,
		      enum skep_applicability applicability, const char *text, const char *code);

/*
 * Lines of code before or behind a statement, indented as it is: where it is the body of an `if`
 * without braces, these are put.
 */
void skep_fixer_before(const struct skep_fixer *fx, struct skep_changes *changes, int statement,
		       const char *lines);
void skep_fixer_behind(const struct skep_fixer *fx, struct skep_changes *changes, int statement,
		       const char *lines);

/* Takes a statement away, and the `if` that is about it alone. */
void skep_fixer_remove(const struct skep_fixer *fx, struct skep_changes *changes, int statement);

/* Replaces [from, end) of the file. */
void skep_fixer_replace(const struct skep_fixer *fx, struct skep_changes *changes, size_t from,
			size_t end, const char *text);

/* Replaces the type that a variable is declared with. */
void skep_fixer_retype(const struct skep_fixer *fx, struct skep_changes *changes,
		       const struct skep_cvariable *variable, const char *type);

/* Declaration of a name at a position of the function. */
bool skep_fixer_variable(const struct skep_fixer *fx, struct skep_span name, size_t at,
			 struct skep_cvariable *variable);
struct skep_span skep_fixer_statement(const struct skep_fixer *fx, int statement);

/* Texts that live as long as the explanation. */
const char *skep_fixer_print(const struct skep_fixer *fx, const char *format, ...)
	SKEP_PRINTF(2, 3);
#define SKEP_TEXT(span) (int)(span).length, (span).at

/* leave.c: `return 0;`, as this function does it. */
const char *skep_fixer_return(const struct skep_fixer *fx);

/*
 * `if (condition)`, what is held at a step given back, and a return. `*sure` becomes false where
 * something is held that cannot be named.
 */
const char *skep_fixer_leave(const struct skep_fixer *fx, size_t step, const char *condition,
			     bool *sure);

/* Whether anything is held at a step that has to be given back. */
bool skep_fixer_holds(const struct skep_fixer *fx, size_t step);

/* What gives back what the call at a step took, in terms of its line: `bpf_sk_release(sk);` or "". */
const char *skep_fixer_give_back(const struct skep_fixer *fx, size_t step);

/* fix_read.c: the helper that reads memory which this program may not touch itself. */
const char *skep_fixer_reader(const struct skep_fixer *fx);

/* The same file: the section of the program that the function belongs to; empty when unknown. */
struct skep_span skep_fixer_section(const struct skep_fixer *fx);

/* Behind `->b->c[..].d`, from the end of the first name; and whether [start, end) is only read. */
size_t skep_fixer_chain(const struct skep_fixer *fx, size_t at, size_t end);
bool skep_fixer_reads(const struct skep_fixer *fx, size_t start, size_t end);

/* fix_argument.c: what the statement passes to a function, from 0; empty when it does not call it. */
struct skep_span skep_fixer_argument(const struct skep_fixer *fx, struct skep_span call,
				     size_t index);

/* fix_member.c: the braces of the structure that a variable is of, as this file declares it. */
bool skep_fixer_structure(const struct skep_fixer *fx, const struct skep_cvariable *v, size_t *open,
			  size_t *close);

/* A name that the function has not, from `base`. */
const char *skep_fixer_fresh(const struct skep_fixer *fx, const char *base);

/* fix_own.c: what skep's own headers have instead, as one more fix. */
void skep_fixes_add_own(const struct skep_case *c, struct skep_diagnostic *d,
			struct skep_fix fixes[SKEP_FIXES_MOST]);

/* Makers, one per family; each adds what it can. */
void skep_fix_null(struct skep_fixer *fx);
void skep_fix_packet(struct skep_fixer *fx);
void skep_fix_stale(struct skep_fixer *fx);
void skep_fix_index(struct skep_fixer *fx);
void skep_fix_size(struct skep_fixer *fx);
void skep_fix_read(struct skep_fixer *fx);
void skep_fix_initialise(struct skep_fixer *fx);
void skep_fix_release(struct skep_fixer *fx);
void skep_fix_argument(struct skep_fixer *fx);
void skep_fix_return(struct skep_fixer *fx);
void skep_fix_end(struct skep_fixer *fx);
void skep_fix_loop(struct skep_fixer *fx);
void skep_fix_constant(struct skep_fixer *fx);
void skep_fix_global(struct skep_fixer *fx);
void skep_fix_license(struct skep_fixer *fx);
void skep_fix_sleepable(struct skep_fixer *fx);
void skep_fix_again(struct skep_fixer *fx);
void skep_fix_order(struct skep_fixer *fx);
void skep_fix_map(struct skep_fixer *fx);
void skep_fix_statement(struct skep_fixer *fx);
void skep_fix_special(struct skep_fixer *fx);
void skep_fix_kptr(struct skep_fixer *fx);
void skep_fix_lock_type(struct skep_fixer *fx);
void skep_fix_parent(struct skep_fixer *fx);
void skep_fix_kind(struct skep_fixer *fx);
void skep_fix_sum(struct skep_fixer *fx);
void skep_fix_copy(struct skep_fixer *fx);
void skep_fix_context(struct skep_fixer *fx);
void skep_fix_dynptr(struct skep_fixer *fx);

/* Those that need no refused line. */
void skep_fix_program(struct skep_fixer *fx);
void skep_fix_attach(struct skep_fixer *fx);
void skep_fix_creation(struct skep_fixer *fx);
void skep_fix_old_maps(struct skep_fixer *fx);

#endif
