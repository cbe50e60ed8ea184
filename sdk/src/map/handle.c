/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Handles: made over a file descriptor or a pin, lent out, freed. */
#include "map.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
	*out = map;
	return 0;
}

int skep_map_duplicate_fd(int fd)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);

	return copy >= 0 ? copy : skep_fail(errno, "cannot duplicate a map's file descriptor: %m");
}

int skep_map_adopt_fd_raw(struct skep_map **out, int fd, const struct skep_map_shape *shape)
{
	struct skep_map map;
	AUTO_CLOSE int copy = -1;
	int err = skep_map_describe_fd(&map, fd);

	if (!err)
		err = skep_map_check_shape(&map, shape);
	if (err)
		return err;
	copy = skep_map_duplicate_fd(fd);
	return copy < 0 ? copy : skep_map_make(out, &map, &copy);
}

int skep_map_open_pinned_raw(struct skep_map **out, const char *path,
			     const struct skep_map_shape *shape)
{
	struct skep_map map;
	AUTO_CLOSE int fd = bpf_obj_get(path);
	int err;

	if (fd < 0)
		return skep_fail_hint(
			skep_fail(fd, "cannot open pinned map %s: %s", path, strerror(-fd)),
			"check the path, that a BPF file system is mounted there, and "
			"privilege (CAP_BPF)");
	err = skep_map_describe_fd(&map, fd);
	if (!err)
		err = skep_map_check_shape(&map, shape);
	return err ? err : skep_map_make(out, &map, &fd);
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
	return map->fd;
}

const char *skep_map_name(const struct skep_map *map)
{
	return map->name;
}

struct bpf_map *skep_map_libbpf(const struct skep_map *map)
{
	return map->map;
}
