/* SPDX-License-Identifier: 0BSD */
/* System calls by name: which to look for, and what was found. */
#ifndef NAMES_H
#define NAMES_H

#include "calls.skep.h"

/* Looks for a call, by its name or its 64-bit number. Before load; -ENOENT: there is no such call. */
int names_want(struct calls *app, const char *name);

/* What was called; static. */
const char *names_of(const struct call_event *e);

/* How many arguments it has, and which of them is a text, from 0 on; -1: none is. */
int names_arguments(const struct call_event *e, int *text);

#endif
