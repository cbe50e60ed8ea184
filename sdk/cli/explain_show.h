/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* How `skep explain` and `skep load` show an explanation: one model, several forms. */
#ifndef SKEP_CLI_EXPLAIN_SHOW_H
#define SKEP_CLI_EXPLAIN_SHOW_H

#include <argp.h>
#include <stdbool.h>
#include <stdio.h>

#include <skep/verifier.h>

enum show_format {
	SHOW_TEXT,
	SHOW_JSON,
	SHOW_SARIF,  /* 2.1.0 */
	SHOW_GITHUB, /* annotations, as CI sites read them from what a job prints */
	SHOW_HTML,   /* one page, with all that it needs */
	SHOW_PATCH,  /* unified diff of the first fix that may be applied by a machine */
};

/* What the options that the commands share say; an argp child fills it. */
struct show {
	enum show_format format;
	unsigned verbose;       /* -v, -vv */
	const char *object;     /* -o: the object that the log is of */
	const char *program;    /* -p */
	const char *source_dir; /* -C: where relative source names begin; default "." */
	const char *output;     /* --output: where it goes; NULL, or "-": standard output */
	bool no_costs;          /* the caller shows what verification cost */
};

extern const struct argp show_argp; /* its input is a struct show */

/* Explains a log with what `show` says. As skep_explain_file(); the error is recorded. */
int show_explain_file(const struct show *show, const char *path,
		      struct skep_explanation **explanation);
int show_explain(const struct show *show, const char *log, size_t bytes, const char *program,
		 struct skep_explanation **explanation);
/* The same, into an explanation that there is: several programs become one document. */
int show_explain_more(const struct show *show, const char *log, size_t bytes, const char *program,
		      struct skep_explanation *explanation);

/* Prints it to standard output. An exit code: EXIT_OK, or EXIT_FAILED after saying why. */
int show(const char *what, const struct show *show, const struct skep_explanation *explanation);

/* One file per form, explain_<form>.c: non-zero where there is no memory. */
int show_json(const struct show *show, const struct skep_explanation *explanation, FILE *out);
int show_sarif(const struct show *show, const struct skep_explanation *explanation, FILE *out);
int show_html(const struct show *show, const struct skep_explanation *explanation, FILE *out);
void show_github(const struct show *show, const struct skep_explanation *explanation, FILE *out);

/* explain_object.c: C names of an object; NULL where there are none. */
const struct skep_explain_names *show_names(const char *object);
/* To standard error, why the object was of no use, if so. */
void show_object_notes(const char *what, const struct skep_explanation *explanation);

/* explain_source.c: the same, of sources that are not those that were compiled. */
void show_source_notes(const char *what, const struct show *show,
		       const struct skep_explanation *explanation);

/* One diagnostic as text, to standard output. An exit code. */
int show_diagnostic(const char *what, const struct show *show,
		    const struct skep_diagnostic *diagnostic);

/* A page of the catalogue as JSON. */
int show_page_json(const struct skep_catalogue_page *page, FILE *out);

#endif
