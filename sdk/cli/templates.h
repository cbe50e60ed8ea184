/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The templates that `skep new` copies: where they are, which there are, what is filled in. */
#ifndef SKEP_CLI_TEMPLATES_H
#define SKEP_CLI_TEMPLATES_H

#include <stdbool.h>
#include <stddef.h>

#define TEMPLATE_PATH 4096

/*
 * The folder of templates, found from where this program lies: in an installed prefix and in a
 * build tree. Returns 0 or an exit code, having said what is missing.
 */
int templates_find(const char *what, char folder[TEMPLATE_PATH]);

/*
 * A folder that comes with this program: where it is installed and where it is in the sources, both
 * relative to the folder of the program.
 */
bool templates_beside(const char *installed, const char *built, char folder[TEMPLATE_PATH]);

/* The prefix that this program was installed to, for a project to find skep; "" in no prefix. */
void templates_prefix(char prefix[TEMPLATE_PATH]);

struct template_entry {
	char name[64];
	char about[160]; /* the first line of the template's `about` file */
};

/* All templates, by name. The caller frees *list. Returns how many. */
size_t templates_list(const char *folder, struct template_entry **list);

struct template_values {
	const char *name;   /* of the project, for @NAME@ */
	const char *ident;  /* the same as a C identifier, for @IDENT@ */
	const char *prefix; /* for @SKEP_PREFIX@ */
};

/*
 * Copies a template to `target`, which must not exist; NAME in file names and @...@ in files
 * are filled in. Whole, or nothing is left. Returns an exit code, having said what failed.
 */
int templates_copy(const char *what, const char *folder, const char *name, const char *target,
		   const struct template_values *values);

#endif
