/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* `skep dev`: from a save to new events. How a source is built, and when it was saved. */
#ifndef SKEP_CLI_DEV_H
#define SKEP_CLI_DEV_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

/* What makes an object of a source: a build tree of CMake, or clang alone. */
struct dev_build {
	const char *what;      /* "skep dev" */
	char source[PATH_MAX]; /* absolute */
	char object[PATH_MAX];
	char folder[PATH_MAX - 272]; /* the build tree, or a temporary folder of ours */
	char target[256];            /* of the build tree; "": clang alone */
	char *output;                /* what the last build printed */
	size_t output_bytes;
	double seconds; /* that it took */
};

/*
 * Finds the build tree: `folder`, or NULL for the one that knows the source, among those below the
 * folders above it. Returns an exit status, EXIT_OK or another after saying why.
 */
int dev_build_find(struct dev_build *build, const char *source, const char *folder);

/* Builds. EXIT_OK; EXIT_FAILED with the words in `output`; or EXIT_USAGE after saying why. */
int dev_build_run(struct dev_build *build);

/* Removes what a build by clang alone has left. */
void dev_build_free(struct dev_build *build);

/* dev_plain.c: by clang alone, with the flags that skep_add_bpf_program() has. */
int dev_plain_run(struct dev_build *build);

/* dev_temp.c: where that puts its object. EXIT_OK, or another after saying why; `_end` does nothing where none began. */
int dev_temp_begin(struct dev_build *build);
void dev_temp_end(struct dev_build *build);

/* Runs it to its end with what it prints in build->output: its exit status, or -errno. */
int dev_build_command(struct dev_build *build, const char *const *argv);

/* dev_files.c: the source and all that it includes. */
struct dev_files;

/* From the dependency file that clang wrote beside the object; the source alone without one. */
int dev_files_new(struct dev_files **out, const struct dev_build *build);
int dev_files_fd(const struct dev_files *files); /* readable when something happened */
/* Reads what happened: the name of a file that was saved, or of one that is gone; or NULL. */
const char *dev_files_saved(struct dev_files *files);
void dev_files_free(struct dev_files *files);

#endif
