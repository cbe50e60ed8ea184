/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_MAP_FDS_H
#define SKEP_MAP_FDS_H
/**
 * @file map/fds.h
 * Arrays of things that user space names by file descriptors: AF_XDP sockets, cgroups, perf
 * events. Part of map.h.
 *
 * @code{.c}
 * typedef SKEP_FD_MAP() cgroups_map;
 *
 * cgroups_map cgroups;
 *
 * if (skep_map_open(&cgroups, object, "cgroups") ||
 *     skep_map_set_cgroup(cgroups, 0, "/sys/fs/cgroup/system.slice"))
 *         return skep_perror("cgroups");
 * @endcode
 *
 * User space cannot read them back. skep_map_del() empties a slot. Each call costs one system
 * call. An AF_XDP socket gets nothing before it is bound, and leaves its map when it is closed. A
 * perf event leaves when the map's file is closed through which it was put in (duplicates count),
 * unless the map was declared with BPF_F_PRESERVE_ELEMS. Cgroups stay.
 */
#include <skep/map/handle.h>

SKEP_BEGIN_DECLS

/**
 * Puts a file descriptor's object into a slot; see skep_map_set_fd().
 *
 * @param map   an xskmap, cgroup array or perf event array
 * @param index the slot
 * @param fd    an AF_XDP socket, a folder of cgroup v2 or a perf event; stays the caller's
 * @return 0 or a negative errno
 * @err{EBADF, `fd` is not open}
 * @err{EINVAL, `fd` is of another kind: the message says what it is and what is wanted}
 * @err{E2BIG, there is no such slot: make the map larger before load}
 * @threads{any, also at once}
 * @kernel{4.3}
 */
SKEP_API SKEP_MUST_USE int skep_map_set_fd_raw(const struct skep_map *map, uint32_t index, int fd);

/**
 * Puts a cgroup into a slot of a cgroup array; see skep_map_set_cgroup().
 *
 * @param map   a cgroup array
 * @param index the slot
 * @param path  a folder of cgroup v2
 * @return 0 or a negative errno
 * @err{ENOENT, there is no such folder}
 * @err{EINVAL, not a folder of cgroup v2: `mount -t cgroup2` tells where that is}
 * @err{E2BIG, there is no such slot: make the map larger before load}
 * @err{EPROTOTYPE, not a cgroup array}
 * @threads{any, also at once}
 * @kernel{4.8}
 */
SKEP_API SKEP_MUST_USE int skep_map_set_cgroup_raw(const struct skep_map *map, uint32_t index,
						   const char *path);

SKEP_END_DECLS

/** An array of file descriptors: `typedef SKEP_FD_MAP() queues_map;` */
#define SKEP_FD_MAP() SKEP_HANDLE_(SKEP_ACCESS_FDS, uint32_t, uint32_t)

#define SKEP_FDS_(m)                                                                               \
	SKEP_MAP_WHERE_(m, SKEP_IS_(m, SKEP_ACCESS_FDS),                                           \
			"skep: this is not an array of file descriptors")

/** `skep_map_set_fd(queues, 0, fd)`: see skep_map_set_fd_raw(). */
#define skep_map_set_fd(handle, index, fd) skep_map_set_fd_raw(SKEP_FDS_(handle), (index), (fd))

/** `skep_map_set_cgroup(cgroups, 0, "/sys/fs/cgroup/x")`: see skep_map_set_cgroup_raw(). */
#define skep_map_set_cgroup(handle, index, path)                                                   \
	skep_map_set_cgroup_raw(SKEP_FDS_(handle), (index), (path))

#endif
