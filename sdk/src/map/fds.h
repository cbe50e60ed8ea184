/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Maps whose entries are things that user space names by file descriptors. */
#ifndef SKEP_MAP_FDS_INNER_H
#define SKEP_MAP_FDS_INNER_H

#include "map.h"

/* -EBADF without a map or before load, -EPROTOTYPE for one of another kind; in words. */
int skep_map_need_use(const struct skep_map *map, enum skep_map_access access,
		      const char *operation);

/* -EINVAL in words where `pointer`, which the caller calls `what`, is NULL. */
int skep_map_need_pointer(const struct skep_map *map, const void *pointer, const char *what);

/* What a file descriptor is, as "a socket"; "not open" where it is none. */
enum {
	SKEP_FD_WORDS = 96
};
const char *skep_fd_words(int fd, char words[SKEP_FD_WORDS]);

/*
 * Fails for a file descriptor that the kernel did not take: -EBADF where it is not open, else
 * -EINVAL; `wanted` as in "an AF_XDP socket".
 */
int skep_map_refuse_fd(const struct skep_map *map, int fd, const char *wanted);

/*
 * -EBADF in words where somebody closed the map's own file descriptor, or it is another file by now.
 * For failures: the kernel cannot tell which of two descriptors it did not like.
 */
int skep_map_check_alive(const struct skep_map *map);

/* A file descriptor that only names a file; -ENOENT, -EACCES, ... in words. */
int skep_map_open_path(const struct skep_map *map, const char *path);

/* The version that brought a feature or kind, as "6.2"; "" where the table does not have it. */
enum {
	SKEP_SINCE_TEXT = 16
};
const char *skep_map_since(const char *name, char text[SKEP_SINCE_TEXT]);

/* --- targets.c: of devmaps and cpumaps; `program` -1: none --- */
int skep_devmap_store(const struct skep_map *map, uint32_t key, const char *interface, int program);
int skep_cpumap_store(const struct skep_map *map, uint32_t cpu, uint32_t frames, int program);

#endif
