/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * `skep test`: a project's own tests on this machine and in virtual machines of other kernels.
 * test_find.c finds them, test_stage.c lays them out for the scripts in sdk/vm, test_run.c runs
 * them, test_report.c reads what they said.
 */
#ifndef SKEP_CLI_TEST_H
#define SKEP_CLI_TEST_H

#include <jansson.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "cli.h"

enum test_arch {
	ARCH_ANY, /* a script: for every processor */
	ARCH_AMD64,
	ARCH_ARM64,
	ARCH_OTHER,
};

struct test_item {
	char *name;
	const char *from;    /* the build folder or program that was named, or the guess */
	json_t *command;     /* array of strings */
	json_t *properties;  /* ctest's, by name */
	enum test_arch arch; /* of its program */
	char *missing;       /* why it cannot be run at all, or NULL */
	char *skipped;       /* why it is not run anywhere, or NULL */
	char *not_in_guests; /* why it cannot be run in a virtual machine, or NULL */
};

struct test_kernel {
	char *name;  /* as given: host, a row of the table, or a path */
	char *label; /* what the table calls it */
	enum test_arch arch;
	bool is_host, is_path;
	pid_t pid; /* of run-vm, while it runs */
	char *why; /* why the machine did not run to its end, or NULL */
	bool ran;
};

struct test_plan {
	const char *what; /* "skep test" */
	enum cli_format format;
	const char *filter; /* of names */
	const char *logs;   /* where to leave them */
	const char *sysroot;
	unsigned int timeout; /* seconds for a test, 0: ctest's, or TEST_TIMEOUT */
	unsigned int jobs;    /* machines at once */
	char **files;         /* extra ones for guests */
	size_t file_count;
	struct test_item *items;
	size_t item_count;
	struct test_kernel *kernels;
	size_t kernel_count;
	char vm[PATH_MAX];    /* the scripts */
	char cache[PATH_MAX]; /* of kernels */
	char work[512];       /* everything that is made goes here, and is removed */
};

#define TEST_TIMEOUT 60 /* seconds for a test */
#define TEST_SCALE   5  /* under emulation things take longer */
#define TEST_SKIPPED 77

/* All of these return an exit code, EXIT_OK or another after saying why. */

/* test_find.c: the tests of a build folder, or one program. */
int test_find(struct test_plan *plan, const char *path);
void test_item_free(struct test_item *item);
/* Whether guests have a shell of this path themselves. */
bool test_is_guests_shell(const char *path);
/* The seconds that a test has. */
unsigned int test_seconds(const struct test_plan *plan, const struct test_item *item);
bool test_runs_on(const struct test_item *item, const struct test_kernel *kernel);

/* test_kernels.c: the table of kernels, and what the user names. */
int test_kernels_parse(struct test_plan *plan, const char *list);
int test_kernels_list(struct test_plan *plan);
/* test_prepare.c: all tools that will be needed, and the kernels that are not in the cache yet. */
int test_kernels_prepare(struct test_plan *plan);
const char *test_arch_name(enum test_arch arch);
enum test_arch test_arch_here(void);

/* test_stage.c: tests as folders with a script each, `work`/stage/ARCH for guests of ARCH. */
int test_stage(const struct test_plan *plan, enum test_arch arch, bool guests, const char *folder);

/* test_run.c */
int test_run(struct test_plan *plan);

/* Paths of what a kernel's run left: `what` is a file of run-vm's, or logs/NUMBER.log and .rc. */
void test_path(const struct test_plan *plan, const struct test_kernel *kernel, const char *what,
	       char path[PATH_MAX + 64]);
/* The last line that a script printed to a file, without the script's name. */
void test_last_line(const char *path, char line[1024]);

/* test_report.c: the table, or JSON. */
int test_report(const struct test_plan *plan);

/* test_logs.c: what --logs keeps, and that the rest goes. */
int test_logs_prepare(const struct test_plan *plan);
void test_logs_keep(const struct test_plan *plan);
void test_work_remove(const struct test_plan *plan);

/* test_process.c: children, each of which is a process group that is gone when we are. */
struct test_process {
	const char *const *argv;
	const char *dir;    /* to run in, or NULL */
	const char *output; /* the file for what it prints, or NULL */
	const char *errors; /* the same for its errors; NULL: as output */
};
void test_process_catch_signals(void);
/* The pid, or a negative errno. */
pid_t test_process_start(const struct test_process *process);
/* Waits for any of ours. Returns its pid and sets *status, or -EINTR: somebody wants us to end. */
pid_t test_process_wait(int *status);
/* Both. The exit status, 128 and the signal's number, or a negative errno. */
int test_process_run(const struct test_process *process);
/* Ends what still runs of a group, and waits for its leader if `reap`. */
void test_process_end(pid_t pid, bool reap);
/* Ends this process by the signal that came, if one did. */
void test_process_die(void);

#endif
