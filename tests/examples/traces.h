/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* For the tests of tools that watch one process: a child that does what it is told, and what was said of it. */
#ifndef SKEP_TESTS_EXAMPLES_TRACES_H
#define SKEP_TESTS_EXAMPLES_TRACES_H

#include <stdbool.h>

#include "tool.h"

/* A child that waits to be told; one at a time. */
pid_t child_start(void (*act)(void));

/* Lets it act, and returns when it has; then it waits again. */
void child_act(void);

/* Lets it end. */
void child_end(void);

/* The teardown of cases with both. */
void child_teardown(void **state);

/*
 * Starts a tool for that child and waits until the raw tracepoint is attached, which has to be the last
 * of its programs: a tool that prints tables says nothing before.
 */
void trace_start(struct tool *tool, const char *tracepoint, const char *const *argv);
#define TRACE_START(tool, tracepoint, ...)                                                         \
	trace_start((tool), (tracepoint), (const char *const[]){ __VA_ARGS__, NULL })

/* The child's id, as an argument. */
const char *child_pid(void);

/* The only line whose `key` is this text; NULL where there is none, fails where there are more. */
json_t *line_of(const struct tool *tool, const char *key, const char *text);

/* A number of a line, which has to be there. */
double number_of(json_t *line, const char *key);

#endif
