/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_ATTACH_NETFILTER_H
#define SKEP_ATTACH_NETFILTER_H
/**
 * @file attach/netfilter.h
 * Programs at the hooks of netfilter (6.4), beside iptables and nftables, by priority.
 *
 * @code{.c}
 * SKEP_AUTO(skep_link) *link = NULL;
 *
 * if (skep_attach_netfilter(&link, skep_object_program(object, "filter"), SKEP_NETFILTER_LOCAL_IN,
 *                           SKEP_OPTS(skep_netfilter_opts, .priority = -10)))
 *         return skep_perror("netfilter");
 * @endcode
 *
 * The program returns `NF_DROP` (0) or `NF_ACCEPT` (1), nothing else.
 */
#include <skep/base.h>
#include <skep/link.h>

SKEP_BEGIN_DECLS

struct skep_program;

/** The hooks of netfilter, with the kernel's numbers. */
enum skep_netfilter_hook {
	SKEP_NETFILTER_PRE_ROUTING,  /**< each packet that comes in */
	SKEP_NETFILTER_LOCAL_IN,     /**< those for this machine */
	SKEP_NETFILTER_FORWARD,      /**< those that only pass through */
	SKEP_NETFILTER_LOCAL_OUT,    /**< those that this machine made */
	SKEP_NETFILTER_POST_ROUTING, /**< each packet that goes out */
};

/** How to attach to netfilter. */
struct skep_netfilter_opts {
	size_t sz;        /**< set by SKEP_OPTS() */
	bool ipv6;        /**< IPv6; default: IPv4 */
	int32_t priority; /**< lower ones run first; iptables' filter table is 0, its raw table -300 */
	bool defrag;      /**< put fragments together before; `priority` is then above -400 */
	const char *netns; /**< in this network namespace: a path, or a name of `ip netns` */
	int netns_fd;      /**< or its file descriptor; 0: none */
};

/**
 * Attaches a program to a hook of netfilter, in this network namespace.
 *
 * @param[out] out     the link; skep_link_way() is `netfilter`
 * @param      program of a loaded object, SEC("netfilter")
 * @param      hook    where
 * @param      opts    or NULL
 * @return 0 or a negative errno
 * @err{EOPNOTSUPP, this kernel has no BPF on netfilter, or no defragmentation: the message names the option}
 * @err{EBUSY, a program has this hook and priority: choose another priority}
 * @err{EINVAL, an unknown hook; a priority that is the kernel's own; `defrag` with one of -400 or below}
 * @err{EPROTOTYPE, not a netfilter program: put it into SEC("netfilter")}
 * @err{EPERM, CAP_NET_ADMIN is missing; or CAP_SYS_ADMIN, for another namespace}
 * @err{EBADF, the program is not loaded: call skep_object_load() first}
 * @ownership{the caller frees it with skep_link_free(), which detaches}
 * @threads{one at a time per object}
 * @kernel{6.4, `defrag` 6.6}
 * @caps{CAP_NET_ADMIN; for another network namespace CAP_SYS_ADMIN}
 */
SKEP_API SKEP_MUST_USE int skep_attach_netfilter(struct skep_link **out,
						 const struct skep_program *program,
						 enum skep_netfilter_hook hook,
						 const struct skep_netfilter_opts *opts);

SKEP_END_DECLS

#endif
