/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What the parts of the engine hand on. */
#ifndef SKEP_VERIFIER_EXPLANATION_H
#define SKEP_VERIFIER_EXPLANATION_H

#include <skep/verifier.h>

#include "verifier/catalogue/catalogue.h"
#include "verifier/story/path.h"
#include "verifier/log/source.h"

#define SKEP_CAUSES_MOST 4

struct skep_diagnostics {
	struct skep_diagnostic diagnostic;
	struct skep_diagnostics *next;
};

struct skep_costs {
	struct skep_cost cost;
	struct skep_costs *next;
};

struct skep_objinfo;

/* What was asked, for all programs of a log. */
struct skep_request {
	const char *program;
	const struct skep_objinfo *object; /* what their object tells; or NULL */
	const struct skep_explain_names *names;
	const char *source_dir;
	bool story;
};

struct skep_explanation {
	struct skep_arena arena;
	enum skep_verdict verdict;
	struct skep_diagnostics *first, **last;
	size_t count;
	struct skep_costs *first_cost, **last_cost;
	size_t cost_count;
	bool saw_verifier; /* a line that only a verifier writes */
};

/* The log of one program. */
struct skep_case {
	struct skep_arena *arena;
	const struct skep_request *request;
	struct skep_lines lines;
	struct skep_path path;     /* to the refused instruction */
	struct skep_fields fields; /* what is known */
	struct skep_span message;  /* the kernel's; empty: none */
	size_t message_line;
	const struct skep_entry *entry;
	size_t refused; /* step of the path; SKEP_NO_STEP when no instruction was verified */
	int reg;        /* that the message is about; -1 */
	bool finished;  /* the log comes to its `processed` */
	bool agreed;    /* the causes were found where the message says that they are */
	struct skep_cause causes[SKEP_CAUSES_MOST];
	size_t cause_count;
};

/* Reads one program's log, and adds its diagnostic, if it was refused. 0 or -ENOMEM. */
int skep_case_explain(struct skep_explanation *out, const char *text, size_t bytes,
		      const struct skep_request *request);

/* refusal.c: finds the message and its entry; the path must be there. */
void skep_refusal_find(struct skep_case *c);
/* Where there is no log: the loader's words alone. */
void skep_refusal_find_bare(struct skep_case *c);

/* places.c */
struct skep_place skep_place_of_line(const struct skep_case *c, size_t line);
struct skep_place skep_place_of_step(const struct skep_case *c, size_t step);
/* Whether the line that the log quotes before a step is the step's own. */
bool skep_place_is_sure(const struct skep_case *c, size_t step);
/* The quoted line of source that a line of the log belongs to; empty if none is known. */
struct skep_span skep_source_of_line(const struct skep_lines *lines, size_t line);

/* report.c: what Linux 7.3 itself says; false when it says nothing. */
bool skep_report_place(const struct skep_case *c, struct skep_place *place);
void skep_report_causes(struct skep_case *c);
struct skep_span skep_report_program(const struct skep_case *c);

/* facts.c: fields that templates and conditions use; facts_plain.c: those that need no story. */
void skep_facts_add(struct skep_case *c);
void skep_facts_add_plain(struct skep_case *c);

/* facts_words.c: what is seen in the refused instruction, in plain words; after all other facts. */
void skep_facts_find_size(struct skep_case *c);
void skep_facts_add_words(struct skep_case *c);
/* facts_context.c: the context's fields. */
void skep_facts_add_context(struct skep_case *c);
/* facts_source.c: what the refused line has. */
void skep_facts_add_source(struct skep_case *c);

/* causes.c: by the rule of the entry. */
void skep_causes_find(struct skep_case *c);
void skep_cause_add(struct skep_case *c, size_t step, const char *label);

/* explain.c: the message, in terms of the program. */
const char *skep_message_of(const struct skep_case *c);

/* fixes.c: what to write instead, into the diagnostic. */
void skep_fixes_add(const struct skep_case *c, struct skep_diagnostic *d);

/* steps.c: the way to the refused instruction, into the diagnostic. */
void skep_steps_add(const struct skep_case *c, struct skep_diagnostic *d);

/* cost.c: what the log of a program tells of its verification, if it was accepted or too dear. */
void skep_cost_add(struct skep_explanation *out, const struct skep_case *c);

/* cost_lines.c: which lines were dear, into the last cost; reads the whole log. 0 or -errno. */
int skep_cost_count(struct skep_explanation *out, struct skep_source *source, uint64_t from,
		    uint64_t to, const struct skep_request *request);

/* explain.c: the program's name, where the log tells it; empty otherwise. */
struct skep_span skep_program_named(const struct skep_case *c);

#endif
