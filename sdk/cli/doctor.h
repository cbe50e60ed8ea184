/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* `skep doctor`: what the checks find, and how it is shown. */
#ifndef SKEP_CLI_DOCTOR_H
#define SKEP_CLI_DOCTOR_H

#include <stdio.h>

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
void doctor_print_text(FILE *to, const struct doctor_result *results, size_t count, bool fit);
/* 0, or -1 for want of memory. */
int doctor_print_json(FILE *to, const struct doctor_result *results, size_t count, bool fit);

#endif
