/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_ATTACH_TC_H
#define SKEP_ATTACH_TC_H
/**
 * @file attach/tc.h
 * Programs as filters of a clsact qdisc: packets in and out of an interface, on any kernel. Where
 * the kernel has tcx (6.6), attach/tcx.h is simpler: it has links, and order.
 *
 * @code{.c}
 * SKEP_AUTO(skep_link) *link = NULL;
 *
 * if (skep_attach_tc(&link, skep_object_program(object, "count"), "eth0", SKEP_INGRESS,
 *                    SKEP_OPTS(skep_tc_opts, .priority = 10)))
 *         return skep_perror("eth0");
 * @endcode
 *
 * What the program returns is the verdict (direct action): `TC_ACT_OK`, `TC_ACT_SHOT`, or
 * `TC_ACT_UNSPEC` for the next filter to decide.
 *
 * The qdisc is made when it is not there. One that skep made goes when the last filter goes; one
 * that was there stays. Somebody else's filter keeps it.
 *
 * **A filter outlives its owner.** It is no BPF link: freeing takes it off, but after `kill -9` it
 * stays until the interface goes. skep_tc_remove_stale() takes off what dead processes left; call
 * it when your program starts. The owner is the process that attached: attach after fork() or
 * daemon(), not before. A link that two processes have since a fork() is taken off by the first that
 * frees it.
 */
#include <skep/base.h>
#include <skep/link.h>

SKEP_BEGIN_DECLS

struct skep_program;

/** Which packets of an interface. */
enum skep_traffic {
	SKEP_INGRESS, /**< those that come in */
	SKEP_EGRESS,  /**< those that go out */
};

/** How to attach a filter. */
struct skep_tc_opts {
	size_t sz;         /**< set by SKEP_OPTS() */
	uint32_t priority; /**< 1 to 65535, lower ones run first; 0: before all that are there */
	uint32_t handle;   /**< tells filters of one priority apart; 0: the kernel chooses */
	bool replace;      /**< takes the place of the filter with this priority and handle */
	const char *netns; /**< in this network namespace: a path, or a name of `ip netns` */
	int netns_fd;      /**< or its file descriptor; 0: none */
};

/**
 * Attaches a program to an interface as a filter of its clsact qdisc.
 *
 * @param[out] out       the link; skep_link_way() is `clsact`, and it has no file descriptor
 * @param      program   of a loaded object, SEC("tc") or SEC("tcx/...")
 * @param      interface a name (`"eth0"`) or an index in decimal (`"2"`)
 * @param      traffic   which packets
 * @param      opts      or NULL
 * @return 0 or a negative errno
 * @err{ENODEV, no such interface: the hint names the nearest and those there are}
 * @err{EEXIST, a filter has this priority and handle: the message names it; leave out the handle, or set `replace`}
 * @err{EBUSY, an `ingress` qdisc is there, which has no egress side: take it off, or use skep_attach_tcx()}
 * @err{EINVAL, a priority above 65535; `replace` without priority and handle; or what the kernel says}
 * @err{EOPNOTSUPP, this kernel has no clsact or no BPF filters: the message names the option}
 * @err{EPROTOTYPE, not a tc program: put it into SEC("tc")}
 * @err{EPERM, CAP_NET_ADMIN is missing; or CAP_SYS_ADMIN, for another namespace}
 * @err{EBADF, the program is not loaded: call skep_object_load() first}
 * @ownership{the caller frees it with skep_link_free(), which detaches; until then it holds the network namespace}
 * @threads{one at a time per object}
 * @kernel{4.5}
 * @caps{CAP_NET_ADMIN; for another network namespace CAP_SYS_ADMIN}
 */
SKEP_API SKEP_MUST_USE int skep_attach_tc(struct skep_link **out,
					  const struct skep_program *program, const char *interface,
					  enum skep_traffic traffic,
					  const struct skep_tc_opts *opts);

/** One BPF filter of a clsact qdisc. Members are only ever added, at the end. */
struct skep_tc_filter {
	uint32_t ifindex;          /**< the interface */
	enum skep_traffic traffic; /**< which packets */
	uint32_t priority;         /**< lower ones run first */
	uint32_t handle;           /**< tells filters of one priority apart */
	uint32_t program_id;       /**< the program */
	int owner;                 /**< the process whose skep made it; 0: somebody else made it */
	bool stale;                /**< its owner is dead */
	const char *interface;     /**< the interface's name */
	const char *name;          /**< the program's name for one of skep's, else the filter's */
};

/** Called for each filter; not 0 ends the walk, which returns it. */
typedef int (*skep_tc_filter_fn)(const struct skep_tc_filter *filter, void *ctx);

/**
 * Goes through the BPF filters of an interface, or of all.
 *
 * @param interface a name or an index in decimal; NULL: all of them
 * @param fn        called for each, what it is given is valid during the call
 * @param ctx       for `fn`
 * @param opts      or NULL; only its namespace is looked at
 * @return 0, a negative errno, or what `fn` returned
 * @err{ENODEV, no such interface: the hint names the nearest and those there are}
 * @threads{any; `fn` may be called by another thread, while the caller waits}
 */
SKEP_API SKEP_MUST_USE int skep_tc_foreach(const char *interface, skep_tc_filter_fn fn, void *ctx,
					   const struct skep_tc_opts *opts);

/**
 * Takes off the filters of processes that are dead, and the qdiscs that they made when nothing
 * else is in them. Only what skep made is touched, and only where it is certain that the owner is
 * dead: one of another PID namespace stays.
 *
 * @param      interface a name or an index in decimal; NULL: all of them
 * @param[out] removed   how many; NULL if not wanted
 * @param      opts      or NULL; only its namespace is looked at
 * @return 0 or a negative errno
 * @err{ENODEV, no such interface: the hint names the nearest and those there are}
 * @err{EPERM, CAP_NET_ADMIN is missing}
 * @threads{any}
 * @caps{CAP_NET_ADMIN}
 */
SKEP_API SKEP_MUST_USE int skep_tc_remove_stale(const char *interface, unsigned int *removed,
						const struct skep_tc_opts *opts);

SKEP_END_DECLS

#endif
