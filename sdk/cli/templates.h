/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The templates that `skep new` copies: where they are, which there are, what is filled in. */
#ifndef SKEP_CLI_TEMPLATES_H
#define SKEP_CLI_TEMPLATES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "own.h"

#define TEMPLATE_PATH OWN_PATH

/*
 * The folder of templates, found from where this program lies: in an installed prefix and in a
 * build tree. Returns 0 or an exit code, having said what is missing.
 */
int templates_find(const char *what, char folder[TEMPLATE_PATH]);

/* The prefix that this program was installed to, for a project to find skep; "" in no prefix. */
void templates_prefix(char prefix[TEMPLATE_PATH]);

struct template_entry {
	char name[64];
	char about[160]; /* the first line of its .about */
	char stem[48];   /* `stem: exec` there: of the names of its files, for @STEM@ */
	char topic[16];  /* `topic: tracing` there */
	char needs[160]; /* `needs: xdp; bpf_loop` there: as skep doctor and the kernel call them */
};

/* Whether a template can run on this kernel, for who runs this. */
struct template_answer {
	uint32_t since;  /* the kernel that it needs at least; 0: any */
	bool unknown;    /* something could not be found out */
	const char *why; /* it cannot; NULL: it can */
	bool needs_root; /* it may be only that this user may not */
};

/* templates_needs.c: tries what it needs. `why` is borrowed until the next call. */
void templates_ask(const struct template_entry *entry, struct template_answer *answer);

/* All templates, by name. The caller frees *list. Returns how many. */
size_t templates_list(const char *folder, struct template_entry **list);

/* As `skep new --list` prints them, on standard output; cmd_new.c. Returns an exit code. */
int templates_print(const struct template_entry *list, size_t count);

struct template_values {
	const char *name;   /* of the project, for @NAME@ */
	const char *ident;  /* the same as a C identifier, for @IDENT@ */
	const char *prefix; /* for @SKEP_PREFIX@ */
	const char *stem;   /* for @STEM@ */
};

/*
 * Copies a template, and those files of `.common` that it has none of its own for, to `target`, which must not exist; NAME in file names and @...@ in files
 * are filled in. Whole, or nothing is left. Returns an exit code, having said what failed.
 */
int templates_copy(const char *what, const char *folder, const char *name, const char *target,
		   const struct template_values *values);

/* How the project in `target` is started, as its README says: "./build/NAME lo 7001". */
void templates_line(const char *target, const char *name, char *line, size_t room);

#endif
