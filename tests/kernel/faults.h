/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * One program of each family of hooks, and what its load or attach says in a process that lacks
 * something:
 *
 *	result = fault_try(family, close_something, FAULT_BEFORE_LOAD);
 *	fault_expect(family, &result, EPERM, "lacks CAP_BPF", "sudo");
 */
#ifndef SKEP_TESTS_KERNEL_FAULTS_H
#define SKEP_TESTS_KERNEL_FAULTS_H

#include <stdbool.h>
#include <stddef.h>

#include <skep/skep.h>

#define FAULT_BPF     1U /* CAP_BPF, to load */
#define FAULT_PERFMON 2U
#define FAULT_NET     4U
#define FAULT_BTF     8U  /* the kernel's types */
#define FAULT_PERF    16U /* perf_event_open() */
#define FAULT_LATE    32U /* asks for FAULT_NET when it is attached only */

struct fault_family {
	const char *program;
	const char *hook; /* of hooks.tsv: whether it works here at all */
	enum skep_ability ability;
	unsigned int needs;
	int (*attach)(struct skep_link **out, const struct skep_program *program);
};

extern const struct fault_family fault_families[];
extern const size_t fault_family_count;

const struct fault_family *fault_family(const char *program);

/* For TEST_WITH(): a network and a control group of the case's own, which families need. */
void fault_start(void **state);
void fault_stop(void **state);

enum fault_when {
	FAULT_BEFORE_LOAD,
	FAULT_BEFORE_ATTACH,
};

enum fault_step {
	FAULT_LOADING,
	FAULT_ATTACHING,
	FAULT_DONE,
};

struct fault_result {
	enum fault_step step; /* that failed */
	int err;
	char message[800], hint[600];
	/* What doctor says of the hook in the same process; FAULT_BEFORE_LOAD only. */
	enum skep_answer answer;
	char why[500], remedy[400];
};

/* Opens the object with the family's program alone; the caller frees it. */
struct skep_object *fault_open(const struct fault_family *family);

/*
 * Loads and attaches in a child, which at `when` goes through fault(); that gives 0. Fails the case
 * where the words are none, more than a line, or blame locked memory.
 */
struct fault_result fault_try(const struct fault_family *family, int (*fault)(void),
			      enum fault_when when);

/* Fails the case unless it was refused with `code`, and the words have both parts (or NULL). */
void fault_expect(const struct fault_family *family, const struct fault_result *result, int code,
		  const char *says, const char *hints);

/* The same of what doctor says. */
void fault_expect_doctor(const struct fault_family *family, const struct fault_result *result,
			 const char *says);

/* What a fault() may do to its process. Each gives 0, or a status to end with. */
int fault_keep_capabilities(unsigned int count, const int *kept); /* all others are gone */
int fault_hide(const char *path);                                 /* a file or folder: empty now */
int fault_filter(long call, int code);                            /* seccomp: it fails so */

#endif
