/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
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
#include "object.h"

void skep_map_describe(struct skep_map *map, struct bpf_map *source)
{
	*map = (struct skep_map){
		.fd = bpf_map__fd(source),
		.map = source,
		.type = bpf_map__type(source),
		.key_bytes = bpf_map__key_size(source),
		.value_bytes = bpf_map__value_size(source),
		.entries = bpf_map__max_entries(source),
	};
	if (map->fd < 0)
		map->fd = -1;
	snprintf(map->name, sizeof(map->name), "%s", bpf_map__name(source));
}

/* The kernel describes programs and links by the same call, so the file's own name decides. */
static bool is_map(int fd)
{
	char path[40], name[40];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	n = readlink(path, name, sizeof(name) - 1);
	if (n < 0)
		return errno == ENOENT &&
		       fcntl(fd, F_GETFD) >= 0; /* no /proc: believe the caller */
	name[n] = '\0';
	return !strcmp(name, "anon_inode:bpf-map");
}

int skep_map_describe_fd(struct skep_map *map, int fd)
{
	struct bpf_map_info info = { 0 };
	uint32_t bytes = sizeof(info);

	if (fcntl(fd, F_GETFD) < 0)
		return skep_fail(EBADF, "%d is not an open file descriptor", fd);
	if (!is_map(fd) || bpf_obj_get_info_by_fd(fd, &info, &bytes))
		return skep_fail(EINVAL, "file descriptor %d is not a BPF map", fd);
	*map = (struct skep_map){
		.fd = -1,
		.type = info.type,
		.key_bytes = info.key_size,
		.value_bytes = info.value_size,
		.entries = info.max_entries,
	};
	snprintf(map->name, sizeof(map->name), "%s", info.name[0] ? info.name : "(unnamed)");
	return 0;
}

static bool is_per_cpu(uint32_t type)
{
	return type == BPF_MAP_TYPE_PERCPU_HASH || type == BPF_MAP_TYPE_PERCPU_ARRAY ||
	       type == BPF_MAP_TYPE_LRU_PERCPU_HASH || type == BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE;
}

int skep_map_need_plain(const struct skep_map *map)
{
	if (!is_per_cpu(map->type))
		return 0;
	return skep_fail_hint(skep_fail(EOPNOTSUPP,
					"map '%s' has a value per CPU: this handle reads only "
					"plain values",
					map->name),
			      "read it with bpf_map_lookup_elem() on skep_map_fd()");
}

static int check_bytes(const struct skep_map *map, const char *what, uint32_t theirs, size_t ours)
{
	if (!ours || ours == theirs)
		return 0;
	return skep_fail_hint(skep_fail(EPROTOTYPE,
					"map '%s': the %s has %u bytes in the kernel, %zu here",
					map->name, what, theirs, ours),
			      "use the same type on both sides, from one shared header");
}

static int check_types(const struct skep_map *map, size_t key_bytes, size_t value_bytes)
{
	int err = skep_map_need_plain(map);

	if (!err)
		err = check_bytes(map, "key", map->key_bytes, key_bytes);
	return err ? err : check_bytes(map, "value", map->value_bytes, value_bytes);
}

/* Makes a handle from a description and a file descriptor that it may keep. */
static int make(struct skep_map **out, const struct skep_map *like, int *fd)
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

static int duplicate(int fd)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);

	return copy >= 0 ? copy : skep_fail(errno, "cannot duplicate a map's file descriptor: %m");
}

int skep_map_open_raw(struct skep_map **out, const struct skep_object *object, const char *name,
		      size_t key_bytes, size_t value_bytes)
{
	struct skep_map *found;
	AUTO_CLOSE int fd = -1;
	int err = skep_object_need_loaded(object);

	if (!err)
		err = skep_object_find_map(object, name, &found);
	if (!err)
		err = check_types(found, key_bytes, value_bytes);
	if (err)
		return err;
	fd = duplicate(found->fd);
	return fd < 0 ? fd : make(out, found, &fd);
}

int skep_map_adopt_fd_raw(struct skep_map **out, int fd, size_t key_bytes, size_t value_bytes)
{
	struct skep_map map;
	AUTO_CLOSE int copy = -1;
	int err = skep_map_describe_fd(&map, fd);

	if (!err)
		err = check_types(&map, key_bytes, value_bytes);
	if (err)
		return err;
	copy = duplicate(fd);
	return copy < 0 ? copy : make(out, &map, &copy);
}

int skep_map_open_pinned_raw(struct skep_map **out, const char *path, size_t key_bytes,
			     size_t value_bytes)
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
		err = check_types(&map, key_bytes, value_bytes);
	return err ? err : make(out, &map, &fd);
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
