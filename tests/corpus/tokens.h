/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Whether a fix speaks of a program, or could stand below any. */
#ifndef SKEP_TESTS_CORPUS_TOKENS_H
#define SKEP_TESTS_CORPUS_TOKENS_H

#include <stdbool.h>

/*
 * Whether a text or its code has a name that the program in file `path` itself gives to something,
 * or a number that the kernel's message has. Text and code may be NULL.
 */
bool tokens_name_program(const char *path, const char *message, const char *text, const char *code);

#endif
