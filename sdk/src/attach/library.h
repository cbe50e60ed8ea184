/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * From what a caller says ("libc.so.6", "/usr/bin/x", a pid, a build-id) to an open file: as the
 * loader would find it, as a process sees it, in that process's mount namespace.
 */
#ifndef SKEP_ATTACH_LIBRARY_H
#define SKEP_ATTACH_LIBRARY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"

#define SKEP_SHOWN_MAX 1024

/*
 * The file stays open until the probe is there: symbols are read from the same file that is probed,
 * whoever replaces it meanwhile, and the kernel is given its path in /proc/self/fd, which needs no
 * symbolic links followed in another root.
 */
struct skep_binary {
	int fd;
	char path[32];                   /* /proc/self/fd/N */
	char root[32];                   /* "" or /proc/PID/root */
	char inside[SKEP_SHOWN_MAX];     /* its path in that root */
	char shown[SKEP_SHOWN_MAX + 32]; /* for people: with the process, where one was given */
};
#define SKEP_BINARY_NONE                                                                           \
	{                                                                                          \
		.fd = -1                                                                           \
	}
#define SKEP_BINARY_AUTO __attribute__((cleanup(skep_binary_close)))
void skep_binary_close(struct skep_binary *binary);

struct skep_binary_query {
	const char
		*binary; /* a path, a name, folders for a build-id; NULL: the process's program */
	int pid;         /* as this process sees it; 0: as we do */
	const char *build_id; /* in hex, or NULL */
};

/* -errno in words: ESRCH no such process; ENOENT, and those of skep_elf_open(). */
int skep_binary_find(struct skep_binary *out, const struct skep_binary_query *query);

/* --- between the files of this part --- */

/* Opens a path inside of binary->root, and sets all of it. -errno without words. */
int skep_binary_open(struct skep_binary *binary, const char *inside, int pid);

/* Whether it is code that the process (0: this one) can load: same class and machine. */
bool skep_binary_is_native(int fd, int pid);

/* Whether the file NAME is what is asked for: "libc.so.6", or "c" and "libc" for libc.so.6. */
bool skep_library_fits(const char *name, const char *asked);

/* library_name.c: as the loader would. False: nowhere. `binary` has its root. */
bool skep_library_search(struct skep_binary *binary, const char *name, int pid);

/* library_cache.c: fn for each fitting entry of the loader's cache, until it returns true. */
bool skep_library_in_cache(const char *root, const char *name,
			   bool (*fn)(const char *path, void *ctx), void *ctx);

/* library_maps.c: among the files that the process has mapped. 0, -ENOENT, -ENOTUNIQ in words. */
int skep_library_in_process(struct skep_binary *binary, const char *name, int pid);

/* library_build_id.c: by build-id, in folders (`a:b`), or mapped by the process. -errno in words. */
int skep_library_by_build_id(struct skep_binary *binary, const char *folders, int pid,
			     const char *build_id);
/* Whether the open file has it. */
bool skep_library_has_build_id(const char *path, const char *build_id);

/* fn for each file that the process has mapped, until it returns true. -errno without words. */
int skep_library_each_mapped(int pid, bool (*fn)(const char *path, const char *shown, void *ctx),
			     void *ctx);

/* Out of file descriptors, in words; returns -code. */
int skep_attach_no_fds(int code, const char *what);

#endif
