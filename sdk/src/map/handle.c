/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Handles: made over a file descriptor or a pin, lent out, freed. */
#include "pin.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "base/cleanup.h"
#include "base/fail.h"

int skep_map_make(struct skep_map **out, const struct skep_map *like, int *fd)
{
	struct skep_map *map = malloc(sizeof(*map));

	if (!map)
		return skep_fail(ENOMEM, "no memory for map '%s'", like->name);
	*map = *like;
	map->fd = skep_take_fd(fd);
	map->owned = true;
	map->map = NULL; /* libbpf's ends with its object, and this may be there longer */
	*out = map;
	return 0;
}

int skep_map_duplicate_fd(int fd)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);

	return copy >= 0 ? copy : skep_fail(errno, "cannot duplicate a map's file descriptor: %m");
}

int skep_map_need_open(const struct skep_map *map)
{
	if (!map)
		return skep_fail_hint(
			skep_fail(EBADF, "there is no map: the handle was not opened"),
			"look at what the call returned that should have opened it");
	if (map->fd >= 0)
		return 0;
	return skep_fail_hint(skep_fail(EBADF, "map '%s' is not loaded", map->name),
			      "load its object first, and look at the result");
}

/* A handle for what `fd` is, of which `*own` is a descriptor of ours. */
static int open_fd(struct skep_map **out, struct skep_map *map, int *own,
		   const struct skep_map_shape *shape)
{
	int err = skep_map_check_shape(map, shape);

	return err ? err : skep_map_make(out, map, own);
}

int skep_map_adopt_fd_raw(struct skep_map **out, int fd, const struct skep_map_shape *shape)
{
	struct skep_map map;
	AUTO_CLOSE int copy = -1;
	int err = skep_map_describe_fd(&map, fd);

	if (err)
		return err;
	copy = skep_map_duplicate_fd(fd);
	return copy < 0 ? copy : open_fd(out, &map, &copy, shape);
}

int skep_map_adopt_raw(struct skep_map **out, struct bpf_map *source,
		       const struct skep_map_shape *shape)
{
	struct skep_map map;
	AUTO_CLOSE int copy = -1;

	if (!source)
		return skep_fail_hint(skep_fail(EINVAL, "there is no map of libbpf's to adopt"),
				      "check what bpf_object__find_map_by_name() returned");
	skep_map_describe(&map, source);
	if (map.fd < 0)
		return skep_fail_hint(skep_fail(EBADF, "map '%s' is not loaded", map.name),
				      "call bpf_object__load() first, and look at its result");
	copy = skep_map_duplicate_fd(map.fd);
	return copy < 0 ? copy : open_fd(out, &map, &copy, shape);
}

int skep_map_open_id_raw(struct skep_map **out, uint32_t id, const struct skep_map_shape *shape)
{
	struct skep_map map;
	AUTO_CLOSE int fd = bpf_map_get_fd_by_id(id);
	int err;

	if (fd == -ENOENT)
		return skep_fail_hint(skep_fail(fd, "there is no map with id %u", id),
				      "`bpftool map` lists those there are");
	if (fd < 0)
		return skep_fail_hint(
			skep_fail(fd, "cannot open the map with id %u: %s", id, strerror(-fd)),
			"run as root or with CAP_SYS_ADMIN");
	err = skep_map_describe_fd(&map, fd);
	return err ? err : open_fd(out, &map, &fd, shape);
}

static int fail_pinned(const char *path, int err)
{
	struct statfs fs;

	if (err != -ENOENT && !statfs(path, &fs) && (unsigned long)fs.f_type != SKEP_BPF_FS)
		return skep_fail_hint(skep_fail(err,
						"cannot open pinned map %s: it is not in a BPF "
						"file system",
						path),
				      "pins are below /sys/fs/bpf, or where `mount -t bpf` mounted "
				      "another");
	err = skep_fail(err, "cannot open pinned map %s: %s", path, strerror(-err));
	return skep_fail_hint(err, "check the path, that a BPF file system is mounted there, and "
				   "privilege (CAP_BPF)");
}

int skep_map_open_pinned_raw(struct skep_map **out, const char *path,
			     const struct skep_map_shape *shape)
{
	struct skep_map map;
	AUTO_CLOSE int fd = -1;

	if (!path || !*path)
		return skep_fail(EINVAL, "there is no path of a pinned map");
	fd = bpf_obj_get(path);
	if (fd < 0)
		return fail_pinned(path, fd);
	if (skep_map_describe_fd(&map, fd))
		return skep_fail_hint(skep_fail(EINVAL, "what is pinned at %s is not a map", path),
				      "`bpftool map show pinned` tells what is one");
	return open_fd(out, &map, &fd, shape);
}

void skep_map_free(struct skep_map *map)
{
	SKEP_KEEP_ERROR;

	if (!map || !map->owned)
		return;
	close(map->fd);
	free(map);
}

int skep_map_fd(const struct skep_map *map)
{
	return map ? map->fd : -1;
}

const char *skep_map_name(const struct skep_map *map)
{
	return map ? map->name : "(none)";
}

struct bpf_map *skep_map_libbpf(const struct skep_map *map)
{
	return map ? map->map : NULL;
}
