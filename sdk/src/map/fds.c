/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Arrays of AF_XDP sockets, cgroups and perf events; and what is said of file descriptors. */
#include "fds.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <bpf/bpf.h>
#include <linux/bpf.h>

#include "base/cleanup.h"
#include "base/fail.h"
#include "kernel/facts.h"

#define SOMETHING "something else"

int skep_map_need_use(const struct skep_map *map, enum skep_map_access access,
		      const char *operation)
{
	int err = skep_map_need_open(map);

	return err ? err : skep_map_need(map, access, operation);
}

int skep_map_need_pointer(const struct skep_map *map, const void *pointer, const char *what)
{
	return pointer ? 0 : skep_fail(EINVAL, "map '%s': the %s is NULL", map->name, what);
}

static const char *socket_words(int fd, char words[SKEP_FD_WORDS])
{
	static const struct {
		int domain;
		const char *name;
	} domains[] = {
		{ AF_INET, "IPv4" },       { AF_INET6, "IPv6" },    { AF_UNIX, "Unix" },
		{ AF_NETLINK, "netlink" }, { AF_PACKET, "packet" }, { AF_XDP, "AF_XDP" },
		{ AF_VSOCK, "vsock" },
	};
	static const char *const types[] = {
		[SOCK_STREAM] = " stream",
		[SOCK_DGRAM] = " datagram",
		[SOCK_RAW] = " raw",
		[SOCK_SEQPACKET] = " seqpacket",
	};
	const char *domain_name = "unknown";
	int domain = 0, type = 0;
	socklen_t size = sizeof(int);

	getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size);
	size = sizeof(int);
	getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size);
	for (size_t i = 0; i < sizeof(domains) / sizeof(*domains); i++)
		if (domains[i].domain == domain)
			domain_name = domains[i].name;
	if (type < 0 || (size_t)type >= sizeof(types) / sizeof(*types) || !types[type])
		type = 0;
	snprintf(words, SKEP_FD_WORDS, "a socket (%s%s)", domain_name,
		 types[type] ? types[type] : "");
	return words;
}

const char *skep_fd_words(int fd, char words[SKEP_FD_WORDS])
{
	char path[40], name[64];
	struct stat st;
	ssize_t n;

	if (fstat(fd, &st))
		return "not open";
	if (S_ISSOCK(st.st_mode) && fcntl(fd, F_GETFL) >= 0 && !(fcntl(fd, F_GETFL) & O_PATH))
		return socket_words(fd, words);
	if (S_ISDIR(st.st_mode))
		return "a folder";
	if (S_ISREG(st.st_mode))
		return "a file";
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	n = readlink(path, name, sizeof(name) - 1);
	if (n <= 0)
		return SOMETHING;
	name[n] = '\0';
	if (!strcmp(name, "anon_inode:bpf-map"))
		return "a BPF map";
	if (!strcmp(name, "anon_inode:bpf-prog"))
		return "a BPF program";
	snprintf(words, SKEP_FD_WORDS, "%s", name);
	return words;
}

int skep_map_check_alive(const struct skep_map *map)
{
	char words[SKEP_FD_WORDS];
	const char *is = skep_fd_words(map->fd, words);

	/* Without /proc it cannot be told. */
	if (!strcmp(is, "a BPF map") || !strcmp(is, SOMETHING))
		return 0;
	return skep_fail_hint(skep_fail(EBADF, "map '%s' was closed: its file descriptor %d is %s",
					map->name, map->fd, is),
			      "do not close what skep_map_fd() lends; skep_map_free() does");
}

int skep_map_refuse_fd(const struct skep_map *map, int fd, const char *wanted)
{
	char words[SKEP_FD_WORDS];
	int err = skep_map_check_alive(map);

	if (err)
		return err;
	if (fcntl(fd, F_GETFD) < 0)
		return skep_fail(EBADF, "map '%s' takes %s: file descriptor %d is not open",
				 map->name, wanted, fd);
	return skep_fail(EINVAL, "map '%s' takes %s: file descriptor %d is %s", map->name, wanted,
			 fd, skep_fd_words(fd, words));
}

int skep_map_open_path(const struct skep_map *map, const char *path)
{
	int fd;

	if (!path)
		return skep_fail(EINVAL, "map '%s': the path is NULL", map->name);
	/* Names the file only: opening a FIFO or a device would have effects. */
	fd = open(path, O_PATH | O_CLOEXEC);
	return fd >= 0 ? fd
		       : skep_fail(errno, "map '%s': cannot open %s: %s", map->name, path,
				   strerror(errno));
}

const char *skep_map_since(const char *name, char text[SKEP_SINCE_TEXT])
{
	uint32_t version = skep_kernel_since(name);

	text[0] = '\0';
	return version ? skep_kernel_version_text(version, text, SKEP_SINCE_TEXT) : text;
}

static int refuse_perf(const struct skep_map *map, int fd, int err)
{
	char path[40], name[64];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	n = readlink(path, name, sizeof(name) - 1);
	name[n > 0 ? n : 0] = '\0';
	if (strcmp(name, "anon_inode:[perf_event]"))
		return skep_map_refuse_fd(map, fd, "perf events");
	return skep_fail_hint(skep_fail(EINVAL, "map '%s' does not take this perf event: %s",
					map->name, strerror(-err)),
			      "it must not be inherited by children (attr.inherit)");
}

static int refuse(const struct skep_map *map, uint32_t index, int fd, int err)
{
	if (err == -E2BIG)
		return skep_fail_hint(skep_fail(E2BIG, "map '%s' has %u slots: there is no %u",
						map->name, map->entries, index),
				      "make it larger: skep_object_resize() before load");
	if (err == -EPERM || err == -ENOMEM)
		return skep_map_refuse(map, err);
	switch (map->type) {
	case BPF_MAP_TYPE_XSKMAP:
		return skep_map_refuse_fd(map, fd, "AF_XDP sockets");
	case BPF_MAP_TYPE_PERF_EVENT_ARRAY:
		return refuse_perf(map, fd, err);
	default:
		return skep_fail_hint(skep_map_refuse_fd(map, fd, "folders of cgroup v2"),
				      "`mount -t cgroup2` tells where they are");
	}
}

int skep_map_set_fd_raw(const struct skep_map *map, uint32_t index, int fd)
{
	int err = skep_map_need_use(map, SKEP_ACCESS_FDS, "slots for file descriptors");

	if (err)
		return err;
	if (fd < 0)
		return refuse(map, index, fd, -EBADF);
	err = bpf_map_update_elem(map->fd, &index, &fd, BPF_ANY);
	return err ? refuse(map, index, fd, err) : 0;
}

int skep_map_set_cgroup_raw(const struct skep_map *map, uint32_t index, const char *path)
{
	AUTO_CLOSE int fd = -1;
	int err = skep_map_need_use(map, SKEP_ACCESS_FDS, "cgroups");

	if (err)
		return err;
	if (map->type != BPF_MAP_TYPE_CGROUP_ARRAY)
		return skep_fail_hint(skep_fail(EPROTOTYPE, "map '%s' is %s: it has no cgroups",
						map->name, skep_map_kind(map->type)->said),
				      "put its file descriptors in by skep_map_set_fd()");
	fd = skep_map_open_path(map, path);
	if (fd < 0)
		return fd;
	err = bpf_map_update_elem(map->fd, &index, &fd, BPF_ANY);
	if (err && err != -E2BIG && err != -EPERM && !skep_map_check_alive(map))
		return skep_fail_hint(skep_fail(EINVAL,
						"map '%s' takes folders of cgroup v2: %s "
						"is none",
						map->name, path),
				      "`mount -t cgroup2` tells where they are");
	return err ? refuse(map, index, fd, err) : 0;
}
