/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_ATTACH_SOCKMAP_H
#define SKEP_ATTACH_SOCKMAP_H
/**
 * @file skep/attach/sockmap.h
 * Programs that see the data of the sockets in a map: sk_skb what comes in, sk_msg what is sent.
 * Part of attach.h.
 *
 * @code{.c}
 * struct skep_program *forward = skep_object_program(object, "forward"); // SEC("sk_skb/stream_verdict")
 * SKEP_AUTO(skep_link) *link = NULL;
 *
 * if (skep_attach_sockmap(&link, forward, skep_object_map(object, "peers"), NULL))
 *         return skep_perror("forward");
 * @endcode
 *
 * Attach before sockets are put in: a socket is given the programs that the map has then. Each
 * kind of program has one place in a map. It costs two system calls.
 */
#include <skep/base.h>
#include <skep/link.h>

SKEP_BEGIN_DECLS

struct skep_map;
struct skep_program;

/** What an sk_skb program is for, where its section does not say. */
enum skep_sk_skb {
	SKEP_SK_SKB_SECTION,        /**< as its section says */
	SKEP_SK_SKB_STREAM_PARSER,  /**< says how long a message is */
	SKEP_SK_SKB_STREAM_VERDICT, /**< says where a message goes */
	SKEP_SK_SKB_VERDICT,        /**< the same without a parser, also for datagrams (5.13) */
};

/** How to attach a program to a map of sockets. */
struct skep_sockmap_opts {
	size_t sz;            /**< set by SKEP_OPTS() */
	enum skep_sk_skb use; /**< of SEC("sk_skb"); default: as the section says */
	uint32_t replaces;    /**< id of the program that gives way; default: none does */
};

/**
 * Attaches an sk_skb or sk_msg program to a sockmap or sockhash.
 *
 * By a link where the kernel has them for such maps (6.10), else by BPF_PROG_ATTACH:
 * skep_link_way() says `"sockmap link"` or `"sockmap"`. Without a link the program stays with the
 * map when the process is killed, and goes with the map.
 *
 * @param[out] out     the link
 * @param      program of a loaded object: SEC("sk_skb/..."), SEC("sk_skb") with `.use`, SEC("sk_msg")
 * @param      map     a sockmap or sockhash; need not outlive the link
 * @param      opts    or NULL
 * @return 0 or a negative errno
 * @err{EPROTOTYPE, not such a program, or not such a map: the message says what it is}
 * @err{EBADF, the program or the map is not loaded}
 * @err{EINVAL, SEC("sk_skb") without `.use`, or `.use` against the section}
 * @err{EBUSY, a program is there already, or one that excludes it (both verdicts): the message names it}
 * @err{ENOENT, the program that `.replaces` names is not there}
 * @err{EMFILE, no file descriptor is free: close some, or raise `ulimit -n`}
 * @err{EOPNOTSUPP, this kernel lacks such programs}
 * @err{EPERM, CAP_NET_ADMIN is missing}
 * @ownership{the caller frees the link with skep_link_free(), which detaches}
 * @threads{one at a time per program}
 * @kernel{4.14}
 * @caps{CAP_NET_ADMIN}
 */
SKEP_API SKEP_MUST_USE int skep_attach_sockmap(struct skep_link **out,
					       const struct skep_program *program,
					       const struct skep_map *map,
					       const struct skep_sockmap_opts *opts);

SKEP_END_DECLS

#endif
