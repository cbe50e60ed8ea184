/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What the files of causes share. A rule returns whether the log shows what the message says. */
#ifndef SKEP_VERIFIER_CAUSES_H
#define SKEP_VERIFIER_CAUSES_H

#include "verifier/story/checks.h"
#include "verifier/explanation.h"
#include "verifier/story/range.h"
#include "verifier/story/story.h"
#include "verifier/facts/words.h"

struct skep_search {
	struct skep_case *c;
	struct skep_flow flow;
	uint32_t value;                 /* in the register that the message is about; or 0 */
	size_t steps[SKEP_CAUSES_MOST]; /* of the causes; SIZE_MAX where it is none */
	bool vague[SKEP_CAUSES_MOST];   /* a check whose line does not look like one */
	bool merged;                    /* such a check is being added: others may have its line */
};

/* A cause, unless its line is named already. */
void skep_search_add(struct skep_search *s, size_t step, const char *format, ...) SKEP_PRINTF(3, 4);

/* State of a register before a step, as the log has it; after it: before the next one. */
struct skep_span skep_search_state(const struct skep_search *s, size_t step, int reg);
struct skep_range skep_search_range(const struct skep_search *s, size_t step, int reg);
struct skep_range skep_search_range_after(const struct skep_search *s, size_t step, int reg);

/* The helper or kfunc that a step calls; empty for others. */
struct skep_span skep_search_callee(const struct skep_search *s, size_t step);

/* Where a value comes from, in words; `name` is what it is called. False where it is not known. */
bool skep_search_add_origin(struct skep_search *s, uint32_t value, const char *name);

/* `lost`, and other fields that templates may use; see the top of catalogue.tsv. */
void skep_search_set(struct skep_search *s, const char *name, const char *value);

/*
 * The last call before the refused one that is handed the same address of the stack, of a function whose
 * name has one of the words; NULL: of any.
 */
size_t skep_search_find_user(const struct skep_search *s, const char *const *words);

/* causes_stack.c: the branch by which the path went around what should have happened. */
void skep_search_add_way(struct skep_search *s, const char *what);

bool skep_cause_find_null(struct skep_search *s);
bool skep_cause_find_scalar(struct skep_search *s);
bool skep_cause_find_packet(struct skep_search *s);
bool skep_cause_find_bound(struct skep_search *s);
bool skep_cause_find_stack(struct skep_search *s);
bool skep_cause_find_uninitialised(struct skep_search *s);
bool skep_cause_find_argument(struct skep_search *s);
bool skep_cause_find_context(struct skep_search *s);
bool skep_cause_find_dynptr(struct skep_search *s);
bool skep_cause_find_reference(struct skep_search *s);
bool skep_cause_find_lock(struct skep_search *s);
bool skep_cause_find_loop(struct skep_search *s);
bool skep_cause_find_return(struct skep_search *s);
bool skep_cause_find_self(struct skep_search *s);

/*
 * exact.c: whether the log itself bears out each thing that is claimed of this refusal: its code, its
 * message, its causes and its fix.
 */
bool skep_search_is_exact(const struct skep_search *s);

/* causes_check.c: what a check of a number leaves open where it is used, at step `use`. */
void skep_search_add_check(struct skep_search *s, const struct skep_chain *chain,
			   const struct skep_check *check, size_t use,
			   const struct skep_range *used);

/* causes_source.c: what the source tells beyond the log, by entry. */
bool skep_cause_find_in_source(struct skep_search *s);

/* A line of the source; false where it is the refused one, or there is no room. */
struct skep_program_file;
bool skep_program_add_line(struct skep_search *s, const struct skep_program_file *f, unsigned line,
			   const char *label);

/* As that, where no cause is of that line already. */
bool skep_program_add_once(struct skep_search *s, const struct skep_program_file *f, unsigned line,
			   const char *label);

/* causes_origin.c: what the refused line's own words lead to; false where that is not there. */
struct skep_cfunction;
struct skep_ctext;
/* The function around the refused line, and where that line begins. */
bool skep_program_around(const struct skep_program_file *f, struct skep_cfunction *function,
			 size_t *at);
/* The last `name = ` in [from, end); SKEP_NOWHERE. */
size_t skep_program_setting(const struct skep_ctext *text, size_t from, size_t end,
			    struct skep_span name);
bool skep_program_add_settings(struct skep_search *s, const struct skep_program_file *f);
bool skep_program_add_member(struct skep_search *s, const struct skep_program_file *f);
bool skep_program_move_initialiser(struct skep_search *s, const struct skep_program_file *f);
bool skep_program_add_mentioned(struct skep_search *s, const struct skep_program_file *f);

/* causes_merged.c: gives checks the line that they stand on. */
void skep_program_move_checks(struct skep_search *s, const struct skep_program_file *f);

/* causes_number.c: where a constant is from. */
bool skep_program_add_definition(struct skep_search *s, const struct skep_program_file *f);
bool skep_program_add_number(struct skep_search *s, const struct skep_program_file *f);

/* causes_program.c: false where it is not there. */
bool skep_program_add_loops(struct skep_search *s, const struct skep_program_file *f);
bool skep_program_add_return(struct skep_search *s, const struct skep_program_file *f);
bool skep_program_add_unreachable(struct skep_search *s, const struct skep_program_file *f);
bool skep_program_add_unsleepable(struct skep_search *s, const struct skep_program_file *f);
bool skep_program_add_arenas(struct skep_search *s, const struct skep_program_file *f);
bool skep_program_add_old_map(struct skep_search *s, const struct skep_program_file *f);
bool skep_program_add_creation(struct skep_search *s, const struct skep_program_file *f,
			       unsigned last);

/*
 * causes_way.c: where the verifier joined rounds of a loop and forgot what a number was, before step
 * `use`; and the branch behind which it follows what is only speculated.
 */
bool skep_search_add_widening(struct skep_search *s, uint32_t id, size_t use);
void skep_search_add_speculation(struct skep_search *s);

/*
 * causes_meaning.c: which returned number lets pass, by the program's section or, without one, by the
 * range; which types of maps hold a field, where `type` (as declared) or the object's does not.
 */
void skep_search_set_meaning(struct skep_search *s, struct skep_span section);
bool skep_search_set_holder(struct skep_search *s, struct skep_span type);
/* The section of the refused program, as the object has it; or empty. */
struct skep_span skep_search_section(const struct skep_search *s);

/* causes_bound.c: the number that `reg` has at step `at` is not bounded enough there. */
bool skep_search_add_number(struct skep_search *s, size_t at, int reg);

#endif
