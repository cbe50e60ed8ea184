/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_ATTACH_TCX_H
#define SKEP_ATTACH_TCX_H
/**
 * @file attach/tcx.h
 * Packets in and out of an interface, by links that have an order among each other (6.6). Without
 * a qdisc; a link goes with its process.
 *
 * @code{.c}
 * SKEP_AUTO(skep_link) *link = NULL;
 *
 * if (skep_attach_tcx(&link, skep_object_program(object, "count"), "eth0", SKEP_INGRESS,
 *                     SKEP_OPTS(skep_tcx_opts, .order = SKEP_ORDER_FIRST, .fallback = true)))
 *         return skep_perror("eth0");
 * printf("%s\n", skep_link_way(link));                    // "tcx", "clsact"
 * @endcode
 *
 * A program that returns `TCX_NEXT` (-1, as `TC_ACT_UNSPEC`) lets the next one decide; all other
 * verdicts end the walk. Programs of tcx run before filters of a clsact qdisc.
 */
#include <skep/attach/tc.h>
#include <skep/base.h>
#include <skep/link.h>

SKEP_BEGIN_DECLS

struct skep_program;

/** Where among the programs that are there. */
enum skep_order {
	SKEP_ORDER_LAST,   /**< after all that are there */
	SKEP_ORDER_FIRST,  /**< before all that are there */
	SKEP_ORDER_BEFORE, /**< just before the one that is named */
	SKEP_ORDER_AFTER,  /**< just after the one that is named */
};

/** How to attach to tcx. Of `link`, `program`, `link_id` and `program_id` give one at most. */
struct skep_tcx_opts {
	size_t sz;                          /**< set by SKEP_OPTS() */
	enum skep_order order;              /**< default: SKEP_ORDER_LAST */
	const struct skep_link *link;       /**< before or after this link */
	const struct skep_program *program; /**< before or after this program */
	uint32_t link_id;                   /**< before or after the link of this id */
	uint32_t program_id;                /**< before or after the program of this id */
	uint64_t revision; /**< only if nobody changed anything since skep_tcx_query(); 0: anyway */
	bool fallback;     /**< where the kernel has no tcx, a filter of a clsact qdisc: see tc.h */
	const char *netns; /**< in this network namespace: a path, or a name of `ip netns` */
	int netns_fd;      /**< or its file descriptor; 0: none */
};

/**
 * Attaches a program to an interface by tcx.
 *
 * @param[out] out       the link; skep_link_way() is `tcx` or, after a fallback, `clsact`
 * @param      program   of a loaded object, SEC("tcx/ingress"), SEC("tcx/egress") or SEC("tc")
 * @param      interface a name (`"eth0"`) or an index in decimal (`"2"`)
 * @param      traffic   which packets
 * @param      opts      or NULL
 * @return 0 or a negative errno
 * @err{EOPNOTSUPP, this kernel has no tcx: use `fallback` or skep_attach_tc(); or `fallback` cannot be before or after another}
 * @err{ENODEV, no such interface: the hint names the nearest and those there are}
 * @err{ENOENT, the link or program to be before or after is not on this interface: skep_tcx_query() tells which are}
 * @err{EEXIST, this very program is there already: a program can be on one hook once}
 * @err{ESTALE, somebody changed something since `revision`: look again with skep_tcx_query()}
 * @err{E2BIG, 64 programs are there: no more fit}
 * @err{EINVAL, an unknown order; before or after without saying what; more than one named}
 * @err{EPROTOTYPE, not a tc program: put it into SEC("tcx/ingress")}
 * @err{EPERM, CAP_NET_ADMIN is missing; CAP_SYS_ADMIN, for ids and other namespaces}
 * @err{EBADF, the program is not loaded: call skep_object_load() first}
 * @ownership{the caller frees it with skep_link_free(), which detaches}
 * @threads{one at a time per object}
 * @kernel{6.6}
 * @caps{CAP_NET_ADMIN; for ids and another network namespace CAP_SYS_ADMIN}
 */
SKEP_API SKEP_MUST_USE int skep_attach_tcx(struct skep_link **out,
					   const struct skep_program *program,
					   const char *interface, enum skep_traffic traffic,
					   const struct skep_tcx_opts *opts);

/** What is on a hook of an interface, in order. Members are only ever added, at the end. */
struct skep_tcx_info {
	size_t sz;                /**< set it to sizeof(struct skep_tcx_info) before the call */
	uint64_t revision;        /**< counts changes: for `revision` of skep_tcx_opts */
	uint32_t count;           /**< how many programs are there: at most 64 */
	uint32_t program_ids[64]; /**< which, the first to run first */
	uint32_t link_ids[64];    /**< their links; 0: attached without one */
};

/**
 * Tells which programs are on an interface by tcx, in which order.
 *
 * @param      interface a name or an index in decimal
 * @param      traffic   which packets
 * @param[out] info      with `sz` set
 * @param      opts      or NULL; only its namespace is looked at
 * @return 0 or a negative errno, also where none is there
 * @err{EOPNOTSUPP, this kernel has no tcx: see skep_tc_foreach()}
 * @err{ENODEV, no such interface: the hint names the nearest and those there are}
 * @err{EINVAL, `sz` is not set: set it to sizeof(struct skep_tcx_info)}
 * @err{EPERM, CAP_NET_ADMIN is missing}
 * @threads{any}
 * @kernel{6.6}
 * @caps{CAP_NET_ADMIN}
 */
SKEP_API SKEP_MUST_USE int skep_tcx_query(const char *interface, enum skep_traffic traffic,
					  struct skep_tcx_info *info,
					  const struct skep_tcx_opts *opts);

SKEP_END_DECLS

#endif
