/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_MAP_PIN_H
#define SKEP_MAP_PIN_H
/**
 * @file map/pin.h
 * Maps that outlive their process: pinned by a path, used again by an object, frozen. Part of
 * map.h.
 *
 * @code{.c}
 * if (skep_object_reuse_map(object, "flows", "/sys/fs/bpf/flows") == -ENOENT) {
 *         if (skep_object_load(object) ||
 *             skep_map_pin(skep_object_map(object, "flows"), "/sys/fs/bpf/flows"))
 *                 return skep_perror("flows");
 * }
 * @endcode
 *
 * Maps that are declared with SKEP_MAP_PINNED (`__uint(pinning, LIBBPF_PIN_BY_NAME)`) are pinned
 * and used again when their object is loaded, under /sys/fs/bpf. skep_object_load() compares what
 * is there as skep_object_reuse_map() does; libbpf by itself compares sizes only.
 */
#include <skep/map/handle.h>

SKEP_BEGIN_DECLS

/**
 * Pins a map: it lives until it is unpinned, also without a process.
 *
 * @param map  a map that is loaded
 * @param path a new name in a folder of a BPF file system; folders are not made
 * @return 0 or a negative errno
 * @err{EEXIST, there is something by that name: skep_map_unpin() it, or choose another name}
 * @err{ENOENT, there is no such folder: make it; the hint has the command}
 * @err{EINVAL, not in a BPF file system, or a name with a dot: the hint has the mount command}
 * @err{EPERM, no privilege: run as root or with CAP_BPF and the right to write the folder}
 * @err{EBADF, the handle was not opened, or the map is not loaded: load first}
 * @threads{any}
 * @kernel{4.4}
 */
SKEP_API SKEP_MUST_USE int skep_map_pin(const struct skep_map *map, const char *path);

/**
 * Removes a pin, if it is one of this map.
 *
 * @param map  the map
 * @param path where it is pinned
 * @return 0 or a negative errno
 * @err{ENOENT, nothing is pinned there: check the path}
 * @err{EINVAL, what is there is not this map: it is left; see what `bpftool map show pinned` says}
 * @err{EPERM, no privilege: run as root or with the right to write the folder}
 * @err{EBADF, the handle was not opened: look at what its opening returned}
 * @threads{any}
 * @kernel{4.4}
 */
SKEP_API SKEP_MUST_USE int skep_map_unpin(const struct skep_map *map, const char *path);

/**
 * Lets an object use a pinned map instead of making a new one. Before load. Kind, sizes, number
 * of entries, flags and, where both have BTF, each field are compared first.
 *
 * @param object an object that is not loaded
 * @param map    the name of its map
 * @param path   where the other is pinned
 * @return 0 or a negative errno; on failure the object is as it was
 * @err{ENOENT, nothing is pinned there, or the object has no such map: the hint tells which}
 * @err{EPROTOTYPE, they differ, and the message says in what: skep_object_migrate_map() can change the pinned one}
 * @err{EBUSY, the object is loaded: call this between open and load}
 * @err{EINVAL, what is pinned there is not a map, or an argument is NULL}
 * @err{EPERM, no privilege: run as root or with CAP_BPF}
 * @threads{one at a time per object}
 * @kernel{4.4}
 */
SKEP_API SKEP_MUST_USE int skep_object_reuse_map(struct skep_object *object, const char *map,
						 const char *path);

/**
 * The same with a map that is open.
 *
 * @param object an object that is not loaded
 * @param map    the name of its map
 * @param from   the map to use; it stays the caller's
 * @return 0 or a negative errno; on failure the object is as it was
 * @err{ENOENT, the object has no such map: the hint names those it has}
 * @err{EPROTOTYPE, they differ, and the message says in what}
 * @err{EBUSY, the object is loaded: call this between open and load}
 * @err{EBADF, the handle was not opened: look at what its opening returned}
 * @err{EINVAL, an argument is NULL}
 * @threads{one at a time per object}
 */
SKEP_API SKEP_MUST_USE int skep_object_reuse_open_map(struct skep_object *object, const char *map,
						      const struct skep_map *from);

/**
 * Makes a map read-only for user space, for good. Programs write it as before, unless it was made
 * with BPF_F_RDONLY_PROG.
 *
 * @param map a map that is loaded
 * @return 0 or a negative errno
 * @err{EBUSY, it is frozen already, or mapped writable somewhere: unmap it first}
 * @err{EPERM, no privilege, or the map was opened read-only: run as root or with CAP_BPF}
 * @err{EOPNOTSUPP, this kernel cannot freeze maps, or none of this kind}
 * @err{EBADF, the handle was not opened, or the map is not loaded: load first}
 * @threads{any}
 * @kernel{5.2}
 */
SKEP_API SKEP_MUST_USE int skep_map_freeze(const struct skep_map *map);

SKEP_END_DECLS

#endif
