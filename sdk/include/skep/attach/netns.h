/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_ATTACH_NETNS_H
#define SKEP_ATTACH_NETNS_H
/**
 * @file attach/netns.h
 * Programs of a network namespace as a whole: which socket gets a new connection or packet, and
 * how packets are taken apart for hashing.
 *
 * @code{.c}
 * SKEP_AUTO(skep_link) *link = NULL;
 *
 * if (skep_attach_sk_lookup(&link, skep_object_program(object, "choose"), NULL, NULL))
 *         return skep_perror("sk_lookup");
 * @endcode
 *
 * Several sk_lookup programs run one after the other in the order in which they were attached; a
 * namespace has one flow dissector.
 */
#include <skep/base.h>
#include <skep/link.h>

SKEP_BEGIN_DECLS

struct skep_program;

/** How to attach to a network namespace. */
struct skep_netns_opts {
	size_t sz;    /**< set by SKEP_OPTS() */
	int netns_fd; /**< the namespace's file descriptor, instead of its path; 0: none */
};

/**
 * Attaches a program that chooses the socket for what comes in (`BPF_SK_LOOKUP`).
 *
 * @param[out] out     the link; skep_link_way() is `sk_lookup`
 * @param      program of a loaded object, SEC("sk_lookup")
 * @param      netns   a path (`/proc/PID/ns/net`), a name of `ip netns`, or NULL: this thread's
 * @param      opts    or NULL
 * @return 0 or a negative errno
 * @err{ENOENT, there is no such namespace: the message has the path}
 * @err{EINVAL, the path or descriptor is not of a network namespace; or both are given}
 * @err{E2BIG, 64 programs are there: no more fit}
 * @err{EOPNOTSUPP, kernels before 5.9 have no sk_lookup}
 * @err{EPROTOTYPE, not such a program: put it into SEC("sk_lookup")}
 * @err{EPERM, CAP_NET_ADMIN is missing}
 * @err{EBADF, the program is not loaded: call skep_object_load() first}
 * @ownership{the caller frees it with skep_link_free(), which detaches}
 * @threads{one at a time per object}
 * @kernel{5.9}
 * @caps{CAP_BPF to load it}
 */
SKEP_API SKEP_MUST_USE int skep_attach_sk_lookup(struct skep_link **out,
						 const struct skep_program *program,
						 const char *netns,
						 const struct skep_netns_opts *opts);

/**
 * Attaches a flow dissector.
 *
 * @param[out] out     the link; skep_link_way() is `flow_dissector`
 * @param      program of a loaded object, SEC("flow_dissector")
 * @param      netns   a path (`/proc/PID/ns/net`), a name of `ip netns`, or NULL: this thread's
 * @param      opts    or NULL
 * @return 0 or a negative errno
 * @err{EBUSY, a flow dissector is there, or on the first namespace, whose holds for all: take that off}
 * @err{ENOENT, there is no such namespace: the message has the path}
 * @err{EINVAL, the path or descriptor is not of a network namespace; or both are given}
 * @err{EOPNOTSUPP, kernels before 5.8 have no such links}
 * @err{EPROTOTYPE, not such a program: put it into SEC("flow_dissector")}
 * @err{EPERM, CAP_NET_ADMIN is missing}
 * @err{EBADF, the program is not loaded: call skep_object_load() first}
 * @ownership{the caller frees it with skep_link_free(), which detaches}
 * @threads{one at a time per object}
 * @kernel{5.8, as a link}
 * @caps{CAP_NET_ADMIN}
 */
SKEP_API SKEP_MUST_USE int skep_attach_flow_dissector(struct skep_link **out,
						      const struct skep_program *program,
						      const char *netns,
						      const struct skep_netns_opts *opts);

SKEP_END_DECLS

#endif
