/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* `skep doctor`: what the checks find, and how it is shown. */
#ifndef SKEP_CLI_DOCTOR_H
#define SKEP_CLI_DOCTOR_H

#include <stdio.h>

#include <jansson.h>

#include <skep/kernel.h>

struct doctor_result {
	const char *group; /* basics, hooks, mounts, tools */
	char name[32];
	enum skep_answer answer;
	int code; /* the errno the kernel gave; or 0 */
	uint32_t since;
	char detail[192];
	char why[400]; /* these may be empty */
	char remedy[300];
};

/* doctor_checks.c: fills `results`, returns how many; there are never more than the maximum. */
#define DOCTOR_RESULTS_MAX 64
size_t doctor_check_all(struct doctor_result *results);
/* Whether a basic program runs here: it loads, a raw tracepoint takes it, it has a ring buffer. */
bool doctor_is_fit(void);

/* doctor_tools.c: what is needed to build; each fills one result but its group. */
void doctor_check_clang(struct doctor_result *result);
void doctor_check_libbpf(struct doctor_result *result);
void doctor_check_bpftool(struct doctor_result *result);

/* doctor_print.c */
const char *doctor_short_answer(enum skep_answer answer); /* "ok", "no", "?" */
void doctor_print_text(FILE *to, const struct doctor_result *results, size_t count, bool fit);
json_t *doctor_results_json(const struct doctor_result *results, size_t count);

/* doctor_json.c: the shape is in docs/guides/kernels.md; members are only ever added. */
json_t *doctor_json(void); /* with `schema` and `kernel` */
json_t *doctor_facts_json(void);
void doctor_set_text(json_t *object, const char *key, const char *text); /* unless NULL or "" */
void doctor_set_answer(json_t *object, enum skep_answer answer, uint32_t since, int code);
/* Prints it and frees it. 0, or -1 for want of memory. */
int doctor_json_print(FILE *to, json_t *all);

/*
 * doctor_features.c: what skep_kernel_features() tells. `filter` NULL: all, in text without helpers
 * and kfuncs; else those that have it in their kind, name or program type. 0, -errno with the error
 * recorded, or for no match 1.
 */
int doctor_print_features(FILE *to, const char *filter);
int doctor_features_json(json_t *all, const char *filter);

/* doctor_needs.c: EXIT_OK, or EXIT_FAILED where an object lacks something or cannot be read. */
int doctor_print_needs(FILE *to, char **paths, size_t count);
int doctor_needs_json(json_t *all, char **paths, size_t count);

/* doctor_fix.c: mounts what is missing, after asking. EXIT_OK when nothing is missing any more. */
int doctor_fix(bool yes);

#endif
