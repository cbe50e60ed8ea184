/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What main.c and the commands share. One file cmd_<verb>.c per verb. */
#ifndef SKEP_CLI_H
#define SKEP_CLI_H

#include <argp.h>
#include <stdio.h>

enum {
	EXIT_OK = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,
};

/* argv[0] is "skep VERB": usage and error lines begin with it. Returns an exit code. */
int cmd_dev(int argc, char **argv);
int cmd_doctor(int argc, char **argv);
int cmd_explain(int argc, char **argv);
int cmd_gen(int argc, char **argv);
int cmd_lab(int argc, char **argv);
int cmd_load(int argc, char **argv);
int cmd_new(int argc, char **argv);
int cmd_run(int argc, char **argv);
int cmd_test(int argc, char **argv);
int cmd_tools(int argc, char **argv);
int cmd_top(int argc, char **argv);
int cmd_vmlinux(int argc, char **argv);

/*
 * argp_parse() with the manners of this command: --help and --version (exit 0), usage errors
 * with exit code 2. Returns 0 or ends the process.
 */
void cli_parse(const struct argp *argp, int argc, char **argv, void *input);

/* The same for verbs whose first argument has options of its own behind it. */
void cli_parse_in_order(const struct argp *argp, int argc, char **argv, void *input);

/* --format text|json, shared by the commands that have it. */
enum cli_format {
	FORMAT_TEXT,
	FORMAT_JSON,
};
enum cli_format cli_format(const char *arg, struct argp_state *state);

/* One line `WHAT: message` and the hint, for a failure that is not the library's. */
int cli_fail(const char *what, const char *hint, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * Writes a file whole or not at all: beside it first, then renamed. `path` NULL is standard
 * output. Returns EXIT_OK, or EXIT_FAILED after saying why.
 */
int cli_write(const char *what, const char *path, const char *data, size_t bytes);

/*
 * Turns standard output into a file: NULL and "-" leave it as it is. cli_can_write() tells before
 * long work whether that will do. Both return EXIT_OK, or EXIT_FAILED after saying why.
 */
int cli_can_write(const char *what, const char *path);
int cli_output_to(const char *what, const char *path);

/* The clang that compiles for BPF: $SKEP_CLANG, or the first in PATH, as skep_add_bpf_program() looks for it. */
const char *cli_clang(void);

/*
 * Prints the last column of a list, which begins at column `at`, and ends the line. On a terminal it goes
 * on below itself where it is too long; elsewhere a line is a line.
 */
void cli_print_last(int at, const char *format, ...) __attribute__((format(printf, 2, 3)));

/*
 * Flushes and checks `file`: a full disk or a closed pipe shows itself only here. Returns
 * EXIT_OK, or EXIT_FAILED after saying so.
 */
int cli_finish(FILE *file, const char *name);

#endif
