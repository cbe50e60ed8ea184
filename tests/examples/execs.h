/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Programs to be seen by execsnoop, and what it said of them. */
#ifndef SKEP_TESTS_EXAMPLES_EXECS_H
#define SKEP_TESTS_EXAMPLES_EXECS_H

#include <stdbool.h>

#include "tool.h"

struct exec {
	const char *path;
	const char *const *argv; /* NULL: the path alone */
	const char *how;         /* for the helper; NULL: it ends at once */
	uid_t uid;               /* 0: as who runs the test */
};

/* Runs it to its end; returns its process id. */
pid_t exec_run(const struct exec *exec);
#define EXEC_RUN(...) exec_run(&(const struct exec){ __VA_ARGS__ })

/* A copy of the helper under a name that no other program has; `suffix` may be "". */
const char *exec_copy(const char *suffix);

/* The name in it, which is its comm. */
const char *exec_name(const char *path);

/*
 * Starts execsnoop with -j and more, and runs `path` until it is seen: nothing else
 * says that it is attached.
 */
void execs_start(struct tool *tool, const char *path, const char *const *more);
#define EXECS_START(tool, path, ...)                                                               \
	execs_start((tool), (path), (const char *const[]){ "-j", __VA_ARGS__, NULL })

/* The only event ("exec" or "exit") of this process; fails the case when there are more or none. */
json_t *exec_event(const struct tool *tool, const char *kind, pid_t pid);

/* How many there are. */
unsigned int exec_count(const struct tool *tool, const char *kind, pid_t pid);

long long exec_number(json_t *event, const char *key);

#endif
