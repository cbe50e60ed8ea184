/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A tool in a process of its own: what it printed, and how it ended. */
#ifndef SKEP_TESTS_UNIT_TOOL_CHILD_H
#define SKEP_TESTS_UNIT_TOOL_CHILD_H

#include <stddef.h>
#include <sys/types.h>

#include <skep/tool.h>

struct child {
	int status;      /* its exit code; of a signal 128 and more */
	char out[65536]; /* standard output, if that is a file of ours */
	char err[8192];
};

struct child_plan {
	const struct skep_tool_opts *opts;
	int (*body)(struct skep_tool *tool); /* returns the exit code; NULL: skep_tool_end() */
	int out;                             /* where standard output goes; 0: to child.out */
	void (*before)(void);                /* before the tool is made */
};

/* Runs a tool "probe" with these arguments, ended by NULL, to its end. */
void child_run(struct child *child, const struct child_plan *plan, const char *const *args);
#define CHILD_RUN(child, plan, ...)                                                                \
	child_run((child), (plan), (const char *const[]){ "/x/probe", ##__VA_ARGS__, NULL })

/* The same without waiting; child_wait() then. */
pid_t child_start(const struct child_plan *plan, const char *const *args);
void child_wait(struct child *child, pid_t pid);

size_t child_lines(const char *text);

#endif
