/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Storage of sockets, inodes, tasks and cgroups, from outside. */
#include <skep/map/storage.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

#include <bpf/bpf.h>
#include <linux/bpf.h>
#include <linux/magic.h>

#include "base/cleanup.h"
#include "base/fail.h"
#include "fds.h"
#include "kernel/facts.h"

#define MAP_CGRP_STORAGE 32 /* newer than Linux 6.1's headers */
#define PIDFD_THREAD     O_EXCL

/* What is done to an owner's value. */
enum act {
	GET,
	PUT,
	DEL
};

struct request {
	const struct skep_map *map;
	enum act act;
	void *value;
	uint64_t how;
};

static const struct owner {
	uint32_t type;
	const char *one;    /* "no value for this socket" */
	const char *wanted; /* what its file descriptors are */
	const char *none;   /* said when there is no value */
} owners[] = {
	{ BPF_MAP_TYPE_SK_STORAGE, "socket", "sockets", "map '%s' has nothing for that socket" },
	{ BPF_MAP_TYPE_INODE_STORAGE, "file", "files", "map '%s' has nothing for that file" },
	{ BPF_MAP_TYPE_TASK_STORAGE, "process", "pidfds", "map '%s' has nothing for that process" },
	{ MAP_CGRP_STORAGE, "cgroup", "folders of cgroup v2",
	  "map '%s' has nothing for that cgroup" },
};

static const struct owner *owner_of(const struct skep_map *map)
{
	for (size_t i = 0; i < sizeof(owners) / sizeof(*owners); i++)
		if (owners[i].type == map->type)
			return &owners[i];
	return &owners[0];
}

static int refuse_fd(const struct skep_map *map, int fd)
{
	char lsms[256];

	int err = skep_map_check_alive(map);

	if (err)
		return err;
	/* The kernel says EBADF too where inodes have no place for a storage. */
	if (map->type == BPF_MAP_TYPE_INODE_STORAGE && fcntl(fd, F_GETFD) >= 0)
		return skep_fail_hint(
			skep_fail(EOPNOTSUPP,
				  "map '%s': this kernel keeps no storage with inodes%s", map->name,
				  skep_kernel_lsms(lsms, sizeof(lsms)) &&
						  !skep_kernel_lsm_in(lsms, "bpf")
					  ? ": its BPF LSM is not active"
					  : ""),
			"add bpf to the list lsm= of the kernel's command line");
	return skep_map_refuse_fd(map, fd, owner_of(map)->wanted);
}

/* Newer kernels take memory for storages in a way that not every processor can. */
static int refuse_memory(const struct skep_map *map)
{
	return skep_fail_hint(
		skep_fail(ENOMEM, "map '%s': the kernel has no memory for a value", map->name),
		"where that is so each time: the kernel needs a processor with "
		"cmpxchg16b (cx16), or slab_debug=F,kmalloc-* on its command line");
}

static int refuse(const struct request *r, int fd, int err)
{
	const struct owner *owner = owner_of(r->map);

	switch (err) {
	case -ENOENT:
		/* A pidfd outlives its process. */
		if (r->act == PUT && r->how != BPF_EXIST)
			return skep_fail(ESRCH, "map '%s': that %s is gone", r->map->name,
					 owner->one);
		return skep_fail_quick(err, owner->none, r->map->name);
	case -ENOMEM:
		return refuse_memory(r->map);
	case -EBADF:
	case -ENOTSOCK:
	case -EINVAL:
		return refuse_fd(r->map, fd);
	default:
		return skep_map_refuse(r->map, err);
	}
}

static int check(const struct request *r)
{
	int err = skep_map_need_use(r->map, SKEP_ACCESS_STORAGE, "owners: it is no storage");

	if (!err && r->act != DEL)
		err = skep_map_need_pointer(r->map, r->value, "value");
	if (!err && r->how > BPF_EXIST)
		err = skep_fail(EINVAL, "map '%s': %d is not an enum skep_put for storages",
				r->map->name, (int)r->how);
	return err;
}

static int act(const struct request *r, int fd)
{
	int err;

	if (fd < 0)
		return skep_map_refuse_fd(r->map, fd, owner_of(r->map)->wanted);
	if (r->act == GET)
		err = bpf_map_lookup_elem(r->map->fd, &fd, r->value);
	else if (r->act == PUT)
		err = bpf_map_update_elem(r->map->fd, &fd, r->value, r->how);
	else
		err = bpf_map_delete_elem(r->map->fd, &fd);
	return err ? refuse(r, fd, err) : 0;
}

static int act_on_fd(const struct request *r, int fd)
{
	int err = check(r);

	return err ? err : act(r, fd);
}

static int open_task(const struct skep_map *map, pid_t pid)
{
	char since[SKEP_SINCE_TEXT];
	int fd = (int)syscall(SYS_pidfd_open, pid, 0);

	/* A thread that is not the first of its process: 6.9. */
	if (fd < 0 && (errno == EINVAL || errno == ENOENT) && pid > 0)
		fd = (int)syscall(SYS_pidfd_open, pid, PIDFD_THREAD);
	if (fd >= 0)
		return fd;
	switch (errno) {
	case ESRCH:
		return skep_fail(ESRCH, "map '%s': there is no process %d", map->name, pid);
	case EINVAL:
		if (pid <= 0)
			return skep_fail(EINVAL, "map '%s': %d is no process", map->name, pid);
		return skep_fail_hint(skep_fail(EINVAL,
						"map '%s': %d is not the first thread of "
						"its process",
						map->name, pid),
				      "Linux %s names threads too; else use the process's number",
				      skep_map_since("pidfds of threads", since));
	case ENOSYS:
		return skep_fail(EOPNOTSUPP, "map '%s': this kernel has no pidfds (Linux %s has)",
				 map->name, skep_map_since("pidfds", since));
	default:
		return skep_fail(errno, "map '%s': cannot open process %d: %s", map->name, pid,
				 strerror(errno));
	}
}

static int act_on_task(const struct request *r, pid_t pid)
{
	AUTO_CLOSE int fd = -1;
	int err = check(r);

	if (err)
		return err;
	if (r->map->type != BPF_MAP_TYPE_TASK_STORAGE)
		return skep_fail_hint(skep_fail(EPROTOTYPE, "map '%s' is %s: it has no processes",
						r->map->name, skep_map_kind(r->map->type)->said),
				      "name a %s by file descriptor: skep_storage_get()",
				      owner_of(r->map)->one);
	fd = open_task(r->map, pid);
	return fd < 0 ? fd : act(r, fd);
}

static int act_on_path(const struct request *r, const char *path)
{
	AUTO_CLOSE int fd = -1;
	struct statfs fs;
	int err = check(r);

	if (err)
		return err;
	if (r->map->type != BPF_MAP_TYPE_INODE_STORAGE && r->map->type != MAP_CGRP_STORAGE)
		return skep_fail_hint(skep_fail(EPROTOTYPE, "map '%s' is %s: it has no paths",
						r->map->name, skep_map_kind(r->map->type)->said),
				      "name a %s by file descriptor: skep_storage_get()",
				      owner_of(r->map)->one);
	fd = skep_map_open_path(r->map, path);
	if (fd < 0)
		return fd;
	if (r->map->type == MAP_CGRP_STORAGE && !fstatfs(fd, &fs) &&
	    fs.f_type != CGROUP2_SUPER_MAGIC && fs.f_type != CGROUP_SUPER_MAGIC)
		return skep_fail_hint(skep_fail(EINVAL, "map '%s': %s is not in a tree of cgroups",
						r->map->name, path),
				      "`mount -t cgroup2` tells where that is");
	return act(r, fd);
}

#define REQUEST(act_, value_, how_)                                                                \
	(&(struct request){ .map = map, .act = act_, .value = value_, .how = how_ })

int skep_storage_get_raw(const struct skep_map *map, int fd, void *value)
{
	return act_on_fd(REQUEST(GET, value, 0), fd);
}

int skep_storage_put_raw(const struct skep_map *map, int fd, const void *value, enum skep_put how)
{
	return act_on_fd(REQUEST(PUT, (void *)(uintptr_t)value, how), fd);
}

int skep_storage_del_raw(const struct skep_map *map, int fd)
{
	return act_on_fd(REQUEST(DEL, NULL, 0), fd);
}

int skep_storage_get_task_raw(const struct skep_map *map, pid_t pid, void *value)
{
	return act_on_task(REQUEST(GET, value, 0), pid);
}

int skep_storage_put_task_raw(const struct skep_map *map, pid_t pid, const void *value,
			      enum skep_put how)
{
	return act_on_task(REQUEST(PUT, (void *)(uintptr_t)value, how), pid);
}

int skep_storage_del_task_raw(const struct skep_map *map, pid_t pid)
{
	return act_on_task(REQUEST(DEL, NULL, 0), pid);
}

int skep_storage_get_path_raw(const struct skep_map *map, const char *path, void *value)
{
	return act_on_path(REQUEST(GET, value, 0), path);
}

int skep_storage_put_path_raw(const struct skep_map *map, const char *path, const void *value,
			      enum skep_put how)
{
	return act_on_path(REQUEST(PUT, (void *)(uintptr_t)value, how), path);
}

int skep_storage_del_path_raw(const struct skep_map *map, const char *path)
{
	return act_on_path(REQUEST(DEL, NULL, 0), path);
}
