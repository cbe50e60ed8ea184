/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Where a log is read from: memory, a file of any size, or a pipe. */
#ifndef SKEP_VERIFIER_SOURCE_H
#define SKEP_VERIFIER_SOURCE_H

#include <skep/base.h>

struct skep_source {
	const char *name;
	const char *memory; /* all of it; or NULL: a file */
	char *owned;        /* what of a pipe is kept */
	int fd;
	uint64_t size;
	char *window; /* what was read last */
	size_t room;
};

/* `path` "-" is standard input. 0, or the error is recorded. */
int skep_source_open(struct skep_source *source, const char *path);
void skep_source_of_memory(struct skep_source *source, const char *log, size_t bytes);
void skep_source_close(struct skep_source *source);

/*
 * `bytes` bytes from `offset` on; less where the source ends before. For a file they are valid
 * until the next call. NULL: the error is recorded.
 */
const char *skep_source_window(struct skep_source *source, uint64_t offset, size_t *bytes);

#endif
