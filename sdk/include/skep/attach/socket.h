/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_ATTACH_SOCKET_H
#define SKEP_ATTACH_SOCKET_H
/**
 * @file skep/attach/socket.h
 * Programs on one socket: a filter of what it receives, and the choice among the sockets of a
 * port. Part of attach.h.
 *
 * @code{.c}
 * struct skep_program *only_dns = skep_object_program(object, "only_dns"); // SEC("socket")
 * int packets = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
 * SKEP_AUTO(skep_link) *link = NULL;
 *
 * if (skep_attach_socket(&link, only_dns, packets, NULL))
 *         return skep_perror("only_dns");
 * @endcode
 *
 * A link here is a duplicate of the socket's file descriptor: the socket stays open until both are
 * closed. The kernel has no link for it, and the program ends with the socket. Each costs two or
 * three system calls.
 */
#include <skep/base.h>
#include <skep/link.h>

SKEP_BEGIN_DECLS

struct skep_program;

/** How to attach a filter to a socket. */
struct skep_socket_opts {
	size_t sz;    /**< set by SKEP_OPTS() */
	bool replace; /**< a filter that is there gives way; default: EBUSY */
};

/**
 * Attaches a filter to a socket: the program returns how many bytes of a packet are kept, 0 drops
 * it.
 *
 * @param[out] out     the link
 * @param      program of a loaded object: SEC("socket")
 * @param      fd      a socket; stays the caller's
 * @param      opts    or NULL
 * @return 0 or a negative errno
 * @err{EBADF, `fd` is not open, or the program is not loaded}
 * @err{ENOTSOCK, `fd` is not a socket: the message says what it is}
 * @err{EMFILE, no file descriptor is free: close some, or raise `ulimit -n`}
 * @err{EPROTOTYPE, not a SEC("socket") program}
 * @err{EBUSY, the socket has a filter: set `.replace`}
 * @err{EPERM, the socket's filter is locked (SO_LOCK_FILTER): attach before that is set}
 * @err{ENOMEM, the filter is larger than `net.core.optmem_max` allows for one socket: raise that}
 * @ownership{the caller frees the link with skep_link_free(), which takes off the filter that the socket has then}
 * @threads{any}
 * @kernel{3.19}
 * @caps{none, for a program that is loaded}
 */
SKEP_API SKEP_MUST_USE int skep_attach_socket(struct skep_link **out,
					      const struct skep_program *program, int fd,
					      const struct skep_socket_opts *opts);

/**
 * Lets a program choose among the sockets that share a port by SO_REUSEPORT. One program is for
 * all of them; another that is attached later takes its place.
 *
 * @param[out] out     the link
 * @param      program of a loaded object: SEC("sk_reuseport"), SEC("sk_reuseport/migrate") or SEC("socket")
 * @param      fd      one of the sockets, with SO_REUSEPORT set; stays the caller's
 * @return 0 or a negative errno
 * @err{EBADF, `fd` is not open, or the program is not loaded}
 * @err{ENOTSOCK, `fd` is not a socket: the message says what it is}
 * @err{EMFILE, no file descriptor is free: close some, or raise `ulimit -n`}
 * @err{EPROTOTYPE, not such a program}
 * @err{EINVAL, the socket is not a TCP or UDP one with SO_REUSEPORT: set it before bind()}
 * @err{EOPNOTSUPP, this kernel lacks such programs}
 * @ownership{the caller frees the link with skep_link_free(), which takes the program off (5.3; before, it ends with the sockets)}
 * @threads{any}
 * @kernel{4.19}
 * @caps{none, for a program that is loaded}
 */
SKEP_API SKEP_MUST_USE int skep_attach_reuseport(struct skep_link **out,
						 const struct skep_program *program, int fd);

SKEP_END_DECLS

#endif
