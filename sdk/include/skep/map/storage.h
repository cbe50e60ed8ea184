/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_MAP_STORAGE_H
#define SKEP_MAP_STORAGE_H
/**
 * @file skep/map/storage.h
 * Storage: a value that belongs to a socket, inode, task or cgroup, and goes away with it. Part
 * of map.h.
 *
 * @code{.c}
 * typedef SKEP_STORAGE(struct count) tasks_map;
 *
 * tasks_map tasks;
 * struct count count;
 *
 * if (skep_map_open(&tasks, object, "tasks") || skep_storage_get_task(tasks, getpid(), &count))
 *         return skep_perror("tasks");
 * @endcode
 *
 * | storage of | its owner is named by                          | kernel |
 * |------------|------------------------------------------------|--------|
 * | a socket   | a file descriptor of it                        | 5.2    |
 * | an inode   | a file descriptor, or a path; needs BPF LSM    | 5.10   |
 * | a task     | a pidfd, or a process's number                 | 5.11   |
 * | a cgroup   | a file descriptor of its folder, or the path   | 6.2    |
 *
 * A call costs one system call; by path or number three. There is no way to go through a storage
 * from user space: an iterator program (iter/bpf_sk_storage_map, iter/task) can.
 */
#include <skep/map/handle.h>
#include <skep/map/ops.h>

#include <sys/types.h>

SKEP_BEGIN_DECLS

/**
 * Copies the value of an owner out; see skep_storage_get().
 *
 * @param map a storage
 * @param fd of the owner: a socket, a file, a pidfd, or a cgroup's folder; stays the caller's
 * @param[out] value where the value goes; untouched on failure
 * @return 0 or a negative errno
 * @err{ENOENT, this owner has none}
 * @err{EBADF, `fd` is not open}
 * @err{EINVAL, `fd` is of another kind: the message says what it is and what is wanted}
 * @threads{any, also at once}
 * @kernel{5.2}
 */
SKEP_API SKEP_MUST_USE int skep_storage_get_raw(const struct skep_map *map, int fd, void *value);

/**
 * Gives an owner a value; see skep_storage_put().
 *
 * @param map a storage
 * @param fd of the owner: a socket, a file, a pidfd, or a cgroup's folder; stays the caller's
 * @param value the value
 * @param how whether there may, must or must not be one
 * @return 0 or a negative errno
 * @err{EEXIST, there is one and `how` says SKEP_PUT_NEW}
 * @err{ENOENT, there is none and `how` says SKEP_PUT_EXISTING}
 * @err{ENOMEM, the kernel has no memory, or a processor on which it has none for storages}
 * @err{EBADF, `fd` is not open}
 * @err{EINVAL, `fd` is of another kind: the message says what it is and what is wanted}
 * @threads{any, also at once}
 * @kernel{5.2}
 */
SKEP_API SKEP_MUST_USE int skep_storage_put_raw(const struct skep_map *map, int fd,
						const void *value, enum skep_put how);

/**
 * Takes the value away from an owner; see skep_storage_del().
 *
 * @param map a storage
 * @param fd of the owner: a socket, a file, a pidfd, or a cgroup's folder; stays the caller's
 * @return 0 or a negative errno
 * @err{ENOENT, this owner has none}
 * @err{EBADF, `fd` is not open}
 * @err{EINVAL, `fd` is of another kind: the message says what it is and what is wanted}
 * @threads{any, also at once}
 * @kernel{5.2}
 */
SKEP_API int skep_storage_del_raw(const struct skep_map *map, int fd);

/**
 * Copies the value of an owner out by process; see skep_storage_get_task().
 *
 * @param map a storage
 * @param pid number of a process, as getpid() gives it; of a thread from Linux 6.9 on
 * @param[out] value where the value goes; untouched on failure
 * @return 0 or a negative errno
 * @err{ENOENT, this owner has none}
 * @err{ESRCH, there is no such process}
 * @err{EINVAL, `pid` is a thread that is not its process's first, and this kernel cannot name it}
 * @err{EPROTOTYPE, not a storage of tasks}
 * @err{EOPNOTSUPP, this kernel has no pidfds (5.3)}
 * @threads{any, also at once}
 * @kernel{5.11}
 */
SKEP_API SKEP_MUST_USE int skep_storage_get_task_raw(const struct skep_map *map, pid_t pid,
						     void *value);

/**
 * Gives an owner a value by process; see skep_storage_put_task().
 *
 * @param map a storage
 * @param pid number of a process, as getpid() gives it; of a thread from Linux 6.9 on
 * @param value the value
 * @param how whether there may, must or must not be one
 * @return 0 or a negative errno
 * @err{EEXIST, there is one and `how` says SKEP_PUT_NEW}
 * @err{ENOENT, there is none and `how` says SKEP_PUT_EXISTING}
 * @err{ENOMEM, the kernel has no memory, or a processor on which it has none for storages}
 * @err{ESRCH, there is no such process}
 * @err{EINVAL, `pid` is a thread that is not its process's first, and this kernel cannot name it}
 * @err{EPROTOTYPE, not a storage of tasks}
 * @err{EOPNOTSUPP, this kernel has no pidfds (5.3)}
 * @threads{any, also at once}
 * @kernel{5.11}
 */
SKEP_API SKEP_MUST_USE int skep_storage_put_task_raw(const struct skep_map *map, pid_t pid,
						     const void *value, enum skep_put how);

/**
 * Takes the value away from an owner by process; see skep_storage_del_task().
 *
 * @param map a storage
 * @param pid number of a process, as getpid() gives it; of a thread from Linux 6.9 on
 * @return 0 or a negative errno
 * @err{ENOENT, this owner has none}
 * @err{ESRCH, there is no such process}
 * @err{EINVAL, `pid` is a thread that is not its process's first, and this kernel cannot name it}
 * @err{EPROTOTYPE, not a storage of tasks}
 * @err{EOPNOTSUPP, this kernel has no pidfds (5.3)}
 * @threads{any, also at once}
 * @kernel{5.11}
 */
SKEP_API int skep_storage_del_task_raw(const struct skep_map *map, pid_t pid);

/**
 * Copies the value of an owner out by path; see skep_storage_get_path().
 *
 * @param map a storage
 * @param path of a file, for storage of inodes; of a folder of cgroup v2, for that of cgroups
 * @param[out] value where the value goes; untouched on failure
 * @return 0 or a negative errno
 * @err{ENOENT, this owner has none, or there is no such file: the message says which}
 * @err{EINVAL, `path` is not a folder of cgroup v2}
 * @err{EPROTOTYPE, not a storage of inodes or cgroups}
 * @err{ENOTDIR, a part of the path is no folder}
 * @threads{any, also at once}
 * @kernel{5.10}
 */
SKEP_API SKEP_MUST_USE int skep_storage_get_path_raw(const struct skep_map *map, const char *path,
						     void *value);

/**
 * Gives an owner a value by path; see skep_storage_put_path().
 *
 * @param map a storage
 * @param path of a file, for storage of inodes; of a folder of cgroup v2, for that of cgroups
 * @param value the value
 * @param how whether there may, must or must not be one
 * @return 0 or a negative errno
 * @err{EEXIST, there is one and `how` says SKEP_PUT_NEW}
 * @err{ENOENT, there is none and `how` says SKEP_PUT_EXISTING, or there is no such file}
 * @err{ENOMEM, the kernel has no memory, or a processor on which it has none for storages}
 * @err{EINVAL, `path` is not a folder of cgroup v2}
 * @err{EPROTOTYPE, not a storage of inodes or cgroups}
 * @err{ENOTDIR, a part of the path is no folder}
 * @threads{any, also at once}
 * @kernel{5.10}
 */
SKEP_API SKEP_MUST_USE int skep_storage_put_path_raw(const struct skep_map *map, const char *path,
						     const void *value, enum skep_put how);

/**
 * Takes the value away from an owner by path; see skep_storage_del_path().
 *
 * @param map a storage
 * @param path of a file, for storage of inodes; of a folder of cgroup v2, for that of cgroups
 * @return 0 or a negative errno
 * @err{ENOENT, this owner has none, or there is no such file}
 * @err{EINVAL, `path` is not a folder of cgroup v2}
 * @err{EPROTOTYPE, not a storage of inodes or cgroups}
 * @err{ENOTDIR, a part of the path is no folder}
 * @threads{any, also at once}
 * @kernel{5.10}
 */
SKEP_API int skep_storage_del_path_raw(const struct skep_map *map, const char *path);

SKEP_END_DECLS

/** Values V that belong to something: `typedef SKEP_STORAGE(struct count) tasks_map;` */
#define SKEP_STORAGE(V) SKEP_HANDLE_(SKEP_ACCESS_STORAGE, int, V)

#define SKEP_STORAGE_(m)                                                                           \
	SKEP_MAP_WHERE_(m, SKEP_IS_(m, SKEP_ACCESS_STORAGE), "skep: this is not a storage")

/** `skep_storage_get(tasks, fd, &value)`: see skep_storage_get_raw(). */
#define skep_storage_get(handle, fd, v)                                                            \
	skep_storage_get_raw(SKEP_STORAGE_(handle), (fd), SKEP_VALUE_(handle, v))

/** `skep_storage_put(tasks, fd, &value)` creates or replaces: see skep_storage_put_raw(). */
#define skep_storage_put(handle, fd, v) skep_storage_put_with(handle, fd, v, SKEP_PUT_ANY)

/** skep_storage_put() that says whether there may, must or must not be a value. */
#define skep_storage_put_with(handle, fd, v, how)                                                  \
	skep_storage_put_raw(SKEP_STORAGE_(handle), (fd), SKEP_VALUE_(handle, v), (how))

/** `skep_storage_del(tasks, fd)`: see skep_storage_del_raw(). */
#define skep_storage_del(handle, fd) skep_storage_del_raw(SKEP_STORAGE_(handle), (fd))

/** `skep_storage_get_task(tasks, getpid(), &value)`: see skep_storage_get_task_raw(). */
#define skep_storage_get_task(handle, pid, v)                                                      \
	skep_storage_get_task_raw(SKEP_STORAGE_(handle), (pid), SKEP_VALUE_(handle, v))

/** `skep_storage_put_task(tasks, getpid(), &value)` creates or replaces;
 * see skep_storage_put_task_raw(). */
#define skep_storage_put_task(handle, pid, v)                                                      \
	skep_storage_put_task_with(handle, pid, v, SKEP_PUT_ANY)

/** skep_storage_put_task() that says whether there may, must or must not be a value. */
#define skep_storage_put_task_with(handle, pid, v, how)                                            \
	skep_storage_put_task_raw(SKEP_STORAGE_(handle), (pid), SKEP_VALUE_(handle, v), (how))

/** `skep_storage_del_task(tasks, getpid())`: see skep_storage_del_task_raw(). */
#define skep_storage_del_task(handle, pid) skep_storage_del_task_raw(SKEP_STORAGE_(handle), (pid))

/** `skep_storage_get_path(tasks, "/a/b", &value)`: see skep_storage_get_path_raw(). */
#define skep_storage_get_path(handle, path, v)                                                     \
	skep_storage_get_path_raw(SKEP_STORAGE_(handle), (path), SKEP_VALUE_(handle, v))

/** `skep_storage_put_path(tasks, "/a/b", &value)` creates or replaces;
 * see skep_storage_put_path_raw(). */
#define skep_storage_put_path(handle, path, v)                                                     \
	skep_storage_put_path_with(handle, path, v, SKEP_PUT_ANY)

/** skep_storage_put_path() that says whether there may, must or must not be a value. */
#define skep_storage_put_path_with(handle, path, v, how)                                           \
	skep_storage_put_path_raw(SKEP_STORAGE_(handle), (path), SKEP_VALUE_(handle, v), (how))

/** `skep_storage_del_path(tasks, "/a/b")`: see skep_storage_del_path_raw(). */
#define skep_storage_del_path(handle, path) skep_storage_del_path_raw(SKEP_STORAGE_(handle), (path))

#endif
