/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* An example as its user has it: a program that is started, prints, and is ended by Ctrl-C. */
#ifndef SKEP_TESTS_EXAMPLES_TOOL_H
#define SKEP_TESTS_EXAMPLES_TOOL_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/types.h>

struct tool {
	pid_t pid;
	char out[256], err[256]; /* files in test_tmpdir() */
	char *text;              /* what it printed, once it ended */
	char *words;             /* ... on standard error */
	json_t *lines;           /* ... as JSON, an array, where it begins with '{' */
	struct rusage usage;     /* what it took, once it ended */
};

/* Called in the process of what is started next, before it is; or NULL. */
extern void (*tool_prepare)(void);

/*
 * Starts the example argv[0], or any program by its path, and waits until it has printed `ready`,
 * if that is not NULL. It must be ended with one of the next three.
 */
void tool_start(struct tool *tool, const char *const *argv, const char *ready);
#define TOOL_START(tool, ready, ...)                                                               \
	tool_start((tool), (const char *const[]){ __VA_ARGS__, NULL }, (ready))

/* Sends the signal and asserts the exit status; reads what it printed. */
void tool_stop(struct tool *tool, int signal, int status);

/* Waits until it has ended by itself. */
void tool_wait(struct tool *tool, int status);

/* True when it has ended, by itself or because it was told to, and was not waited for yet. */
bool tool_has_ended(const struct tool *tool);

/* Ends it if it runs, and frees. A case that fails leaves this to its teardown: tools are static. */
void tool_free(struct tool *tool);

/* Runs it to its end, that must come by itself. */
#define TOOL_RUN(tool, status, ...)                                                                \
	do {                                                                                       \
		TOOL_START((tool), NULL, __VA_ARGS__);                                             \
		tool_wait((tool), (status));                                                       \
	} while (0)

/* Bytes it has printed so far; waits until they grow no more. */
void tool_settle(const struct tool *tool);

/* "N events, M dropped" of its last words. */
void tool_summary(const struct tool *tool, unsigned long *events, unsigned long *dropped);

/* All were counted, but for those that the kernel says it ran no program for: from Linux 7.0 on a
 * program on a raw tracepoint may lose its processor, and what others cause there is missed. */
void tool_assert_all(const struct tool *tool, unsigned long counted, unsigned long all);

/* A command line for the shell, to be done without failing. */
void shell(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The teardown of every case: whatever tool was started and not ended. */
void tool_teardown(void **state);

#endif
