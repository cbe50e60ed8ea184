/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What is made of an exercise's files, in a temporary folder. */
#ifndef SKEP_CLI_LAB_BUILD_H
#define SKEP_CLI_LAB_BUILD_H

#include "dev.h"
#include "lab.h"

#define LAB_WRONGS 8

struct lab_build {
	struct dev_build dev;
	char object[PATH_MAX];
	char header[PATH_MAX], program[PATH_MAX], wrongs[PATH_MAX]; /* of the user side; or "" */
	struct lab_made made;
	bool said; /* a compiler said something, which is in dev.output */
};

/* EXIT_OK; or EXIT_FAILED, with `said` for what the compiler refused. */
int lab_build_make(struct lab_build *build, const struct lab *lab, size_t i);
void lab_build_free(struct lab_build *build);

#endif
