/* SPDX-License-Identifier: 0BSD */
/* Names of addresses: of the kernel by /proc/kallsyms, of processes by elfutils. */
#ifndef SYMBOLS_H
#define SYMBOLS_H

#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

/* Appends the names of a stack, the outermost first, each behind a semicolon. */
void symbols_print(FILE *out, const uint64_t *stack, unsigned int depth, pid_t pid);

/* Forgets what it knows. */
void symbols_free(void);

#endif
