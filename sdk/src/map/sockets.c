/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Sockets in maps: sockmap, sockhash and the array of reuseport sockets. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <bpf/bpf.h>
#include <linux/bpf.h>

#include "base/fail.h"
#include "fds.h"
#include "kernel/newer.h"

struct facts {
	int domain, type, protocol;
	bool connected; /* or listening */
	bool listening;
};

static int number(int fd, int level, int option)
{
	int value = 0;
	socklen_t size = sizeof(value);

	return getsockopt(fd, level, option, &value, &size) ? 0 : value;
}

static struct facts ask(int fd)
{
	struct sockaddr_storage peer;
	struct tcp_info info = { 0 };
	socklen_t size = sizeof(peer);
	struct facts f = {
		.domain = number(fd, SOL_SOCKET, SO_DOMAIN),
		.type = number(fd, SOL_SOCKET, SO_TYPE),
		.protocol = number(fd, SOL_SOCKET, SO_PROTOCOL),
		.listening = number(fd, SOL_SOCKET, SO_ACCEPTCONN),
	};

	f.connected = f.listening || !getpeername(fd, (struct sockaddr *)&peer, &size);
	size = sizeof(info);
	if (f.protocol == IPPROTO_TCP && !getsockopt(fd, SOL_TCP, TCP_INFO, &info, &size))
		f.connected = info.tcpi_state == TCP_ESTABLISHED || f.listening;
	return f;
}

static bool is_inet(const struct facts *f)
{
	return f->domain == AF_INET || f->domain == AF_INET6;
}

static int refuse_kind(const struct skep_map *map, int fd, const char *takes)
{
	char words[SKEP_FD_WORDS];

	return skep_fail(EINVAL, "map '%s' takes %s: file descriptor %d is %s", map->name, takes,
			 fd, skep_fd_words(fd, words));
}

static int refuse_reuseport(const struct skep_map *map, int fd, int err, const struct facts *f)
{
	if (err == -EBUSY)
		return skep_fail(EBUSY, "map '%s': the socket is in an array already", map->name);
	if (!is_inet(f) || (f->type != SOCK_STREAM && f->type != SOCK_DGRAM))
		return refuse_kind(map, fd, "TCP and UDP sockets");
	if (!number(fd, SOL_SOCKET, SO_REUSEPORT))
		return skep_fail_hint(
			skep_fail(EINVAL, "map '%s': the socket has no SO_REUSEPORT", map->name),
			"set it before bind()");
	return skep_fail_hint(skep_fail(EINVAL,
					"map '%s': the socket is not bound, or, as TCP, "
					"does not listen",
					map->name),
			      "bind() it, and listen() for TCP, before it is put in");
}

static int refuse_sockmap(const struct skep_map *map, int fd, int err, const struct facts *f)
{
	bool stream = f->type == SOCK_STREAM || f->type == SOCK_SEQPACKET;

	if (err == -EBUSY)
		return skep_fail(EBUSY,
				 "map '%s': the socket is used by something else: another "
				 "map's program, or TLS",
				 map->name);
	if (stream && !f->connected &&
	    (is_inet(f) || f->domain == AF_UNIX || f->domain == AF_VSOCK))
		return skep_fail_hint(skep_fail(ENOTCONN, "map '%s': the socket is not connected%s",
						map->name,
						is_inet(f) ? ", and does not listen" : ""),
				      "put it in after connect() or accept(), or from a sock_ops "
				      "program when it is established");
	if (err == -EINVAL && f->protocol == IPPROTO_TCP)
		return skep_fail_hint(skep_fail(EINVAL,
						"map '%s': the socket has a protocol above "
						"TCP already (TLS, MPTCP)",
						map->name),
				      "put it in before that is set");
	return refuse_kind(map, fd,
			   "connected or listening TCP sockets, UDP, and where the kernel "
			   "can, Unix and vsock sockets");
}

static int refuse(const struct skep_map *map, int fd, int err)
{
	struct facts f;

	switch (err) {
	case -EEXIST:
	case -E2BIG:
	case -EPERM:
	case -ENOMEM:
		return skep_map_refuse(map, err);
	case -ENOENT:
		return skep_fail_quick(err, "map '%s' has no such key", map->name);
	case -EBADF:
	case -ENOTSOCK:
		return skep_map_refuse_fd(map, fd, "sockets");
	default:
		break;
	}
	if (skep_map_check_alive(map))
		return -EBADF;
	f = ask(fd);
	return map->type == BPF_MAP_TYPE_REUSEPORT_SOCKARRAY ? refuse_reuseport(map, fd, err, &f)
							     : refuse_sockmap(map, fd, err, &f);
}

int skep_map_set_socket_raw(const struct skep_map *map, const void *key, int fd, enum skep_put how)
{
	uint32_t narrow = (uint32_t)fd;
	uint64_t wide = (uint32_t)fd;
	int err = skep_map_need_use(map, SKEP_ACCESS_SOCKETS, "sockets");

	if (!err)
		err = skep_map_need_pointer(map, key, "key");
	if (err)
		return err;
	if ((unsigned int)how > SKEP_PUT_EXISTING)
		return skep_fail(EINVAL, "map '%s': %d is not an enum skep_put for sockets",
				 map->name, (int)how);
	if (fd < 0)
		return skep_map_refuse_fd(map, fd, "sockets");
	err = bpf_map_update_elem(map->fd, key,
				  map->value_bytes == 8 ? (const void *)&wide : &narrow, how);
	return err ? refuse(map, fd, err) : 0;
}

int skep_map_get_socket_raw(const struct skep_map *map, const void *key, uint64_t *cookie)
{
	char since[SKEP_SINCE_TEXT];
	uint64_t found;
	int err = skep_map_need_use(map, SKEP_ACCESS_SOCKETS, "sockets");

	if (!err)
		err = skep_map_need_pointer(map, key, "key");
	if (!err)
		err = skep_map_need_pointer(map, cookie, "cookie");
	if (err)
		return err;
	if (map->value_bytes != 8)
		return skep_fail_hint(skep_fail(EPROTOTYPE,
						"map '%s' has values of %u bytes: "
						"cookies of sockets have 8",
						map->name, map->value_bytes),
				      "declare it with values of type __u64");
	err = bpf_map_lookup_elem(map->fd, key, &found);
	if (err == -EOPNOTSUPP || err == -SKEP_KERNEL_ENOTSUPP)
		return skep_fail(EOPNOTSUPP,
				 "map '%s': this kernel does not read %ss (Linux %s "
				 "does)",
				 map->name, skep_map_kind(map->type)->name,
				 skep_map_since("reading sockmaps", since));
	if (err && err != -ENOENT && skep_map_check_alive(map))
		return -EBADF;
	if (err)
		return err == -ENOENT ? skep_fail_quick(err, "map '%s' has no socket at that key",
							map->name)
				      : skep_map_refuse(map, err);
	*cookie = found;
	return 0;
}
