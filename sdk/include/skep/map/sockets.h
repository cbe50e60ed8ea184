/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_MAP_SOCKETS_H
#define SKEP_MAP_SOCKETS_H
/**
 * @file skep/map/sockets.h
 * Maps of sockets: sockmap and sockhash, between whose sockets programs pass data on, and the
 * array among which an sk_reuseport program chooses. Part of map.h.
 *
 * @code{.c}
 * typedef SKEP_SOCKET_MAP(__u32) peers_map;
 *
 * peers_map peers;
 * __u32 key = 0;
 * int fd = accept(0, NULL, NULL);
 *
 * if (skep_map_open(&peers, object, "peers") || skep_map_set_socket(peers, &key, fd))
 *         return skep_perror("peers");
 * @endcode
 *
 * A socket leaves the map when it is closed; the map does not keep it open. Each call costs one
 * system call.
 */
#include <skep/map/handle.h>
#include <skep/map/ops.h>

#include <sys/socket.h>

SKEP_BEGIN_DECLS

/**
 * Puts a socket in; see skep_map_set_socket().
 *
 * @param map a map of sockets
 * @param key its key
 * @param fd  the socket; stays the caller's
 * @param how whether the key may, must or must not be there
 * @return 0 or a negative errno
 * @err{EBADF, `fd` is not open}
 * @err{EINVAL, not a socket, or not one that this map takes: the message says which it takes}
 * @err{ENOTCONN, a TCP or stream socket that is neither connected nor listening: connect() first}
 * @err{EBUSY, the socket is in another map, or already has a protocol above it (TLS)}
 * @err{EEXIST, the key is there and `how` says SKEP_PUT_NEW}
 * @err{ENOENT, the key is not there and `how` says SKEP_PUT_EXISTING}
 * @err{E2BIG, the map is full, or has no such index}
 * @err{EPERM, CAP_NET_ADMIN is missing}
 * @threads{any, also at once}
 * @kernel{4.14}
 */
SKEP_API SKEP_MUST_USE int skep_map_set_socket_raw(const struct skep_map *map, const void *key,
						   int fd, enum skep_put how);

/**
 * The cookie of a socket that is in; see skep_map_get_socket().
 *
 * @param      map    a map of sockets whose values have 8 bytes
 * @param      key    its key
 * @param[out] cookie as getsockopt(SO_COOKIE) gives it
 * @return 0 or a negative errno
 * @err{ENOENT, no socket has that key: it was closed, or none was put in}
 * @err{EPROTOTYPE, the values of this map have 4 bytes: declare it with 8}
 * @err{EOPNOTSUPP, a sockmap of this kernel cannot be read from user space}
 * @threads{any, also at once}
 * @kernel{5.7}
 */
SKEP_API SKEP_MUST_USE int skep_map_get_socket_raw(const struct skep_map *map, const void *key,
						   uint64_t *cookie);

SKEP_END_DECLS

/** A map of sockets by keys K: `typedef SKEP_SOCKET_MAP(struct address) peers_map;` */
#define SKEP_SOCKET_MAP(K) SKEP_HANDLE_(SKEP_ACCESS_SOCKETS, K, uint64_t)

#define SKEP_SOCKETS_(m)                                                                           \
	SKEP_MAP_WHERE_(m, SKEP_IS_(m, SKEP_ACCESS_SOCKETS), "skep: this is not a map of sockets")

/** `skep_map_set_socket(peers, &key, fd)`: see skep_map_set_socket_raw(). */
#define skep_map_set_socket(handle, k, fd) skep_map_set_socket_with(handle, k, fd, SKEP_PUT_ANY)

/** skep_map_set_socket() that says whether the key may, must or must not be there. */
#define skep_map_set_socket_with(handle, k, fd, how)                                               \
	skep_map_set_socket_raw(SKEP_SOCKETS_(handle), SKEP_KEY_(handle, k), (fd), (how))

/** `skep_map_get_socket(peers, &key, &cookie)`: see skep_map_get_socket_raw(). */
#define skep_map_get_socket(handle, k, cookie)                                                     \
	skep_map_get_socket_raw(SKEP_SOCKETS_(handle), SKEP_KEY_(handle, k),                       \
				SKEP_VALUE_(handle, cookie))

#endif
