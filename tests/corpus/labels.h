/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What labels/ says of each program: its code, and the lines that are refused and to blame. */
#ifndef SKEP_TESTS_CORPUS_LABELS_H
#define SKEP_TESTS_CORPUS_LABELS_H

#include <stdbool.h>
#include <stddef.h>

struct label {
	char program[64], code[16];
	unsigned refused, cause; /* lines; 0 when there is none */
	char no_log[48];   /* kernels that accept it or refuse it before the verifier, by commas */
	char no_fixed[48]; /* kernels that lack what its fixed form needs */
	char author[32];   /* name of the table */
};

struct labels {
	struct label *at;
	size_t count;
};

/* Reads all tables of a folder. False after saying on stderr what is wrong. */
bool labels_read(struct labels *labels, const char *folder);
void labels_free(struct labels *labels);

/* That of a program; or NULL. */
const struct label *labels_find(const struct labels *labels, const char *program);

/* Whether the verifier of a kernel refuses it, so that there is a log. */
bool label_refused_on(const struct label *label, const char *kernel);

/* Whether its fixed form loads on a kernel. */
bool label_fixed_on(const struct label *label, const char *kernel);

#endif
