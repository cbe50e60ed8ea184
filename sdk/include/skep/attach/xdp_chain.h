/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_ATTACH_XDP_CHAIN_H
#define SKEP_ATTACH_XDP_CHAIN_H
/**
 * @file attach/xdp_chain.h
 * Several XDP programs on one interface, in an order, added and removed while packets flow.
 *
 * @code{.c}
 * SKEP_AUTO(skep_xdp_chain) *chain = NULL;
 * SKEP_AUTO(skep_link) *firewall = NULL, *counter = NULL;
 *
 * if (skep_xdp_chain_open(&chain, "eth0", NULL) ||
 *     skep_xdp_chain_add(&counter, chain, skep_object_program(object, "count"), NULL) ||
 *     skep_xdp_chain_add(&firewall, chain, skep_object_program(object, "firewall"),
 *                        SKEP_OPTS(skep_xdp_member_opts, .priority = -10)))
 *         return skep_perror("eth0");
 * @endcode
 *
 * Programs need not know of it: each is loaded once more with a few instructions around it. Where
 * it returns `XDP_PASS`, the next one runs; every other action, and the last program's, is the
 * verdict. Which actions go on can be chosen for each. Adding and removing are each one store that
 * the programs read: every packet sees the chain as it was before or as it is after.
 *
 * Needs no trampolines, but tail calls from programs that call functions (5.10 on x86-64, 6.0 on
 * arm64) and the JIT. Costs a call and a tail call for each program and packet. The chain belongs to
 * this process and goes with it; another tool on the interface gets EBUSY.
 */
#include <skep/attach/xdp.h>
#include <skep/base.h>
#include <skep/link.h>

SKEP_BEGIN_DECLS

struct skep_program;

/** Programs on one interface, one after the other. One thread at a time, its links too. */
struct skep_xdp_chain;

/** How many programs a chain has at most. */
#define SKEP_XDP_CHAIN_MOST 16

/** How to open a chain. */
struct skep_xdp_chain_opts {
	size_t sz;               /**< set by SKEP_OPTS() */
	enum skep_xdp_mode mode; /**< as of skep_attach_xdp(), but not SKEP_XDP_OFFLOAD */
	bool fallback;           /**< where the driver refuses, in generic mode */
	bool frags;              /**< for programs from SEC("xdp.frags"), and for those only */
	const char *netns;       /**< in this network namespace: a path, or a name of `ip netns` */
	int netns_fd;            /**< or its file descriptor; 0: none */
};

/**
 * Puts a chain on an interface. While it is empty, every packet passes.
 *
 * @param[out] out       the chain
 * @param      interface a name (`"eth0"`) or an index in decimal (`"2"`)
 * @param      opts      or NULL
 * @return 0 or a negative errno, as skep_attach_xdp(), and
 * @err{EINVAL, SKEP_XDP_OFFLOAD: a chain runs in the driver or behind it}
 * @err{EOPNOTSUPP, this kernel lacks something that a chain needs: the message names it}
 * @ownership{the caller frees it with skep_xdp_chain_free()}
 * @threads{one at a time per chain}
 * @kernel{5.9, and see above}
 * @caps{CAP_BPF and CAP_NET_ADMIN; for another network namespace CAP_SYS_ADMIN}
 */
SKEP_API SKEP_MUST_USE int skep_xdp_chain_open(struct skep_xdp_chain **out, const char *interface,
					       const struct skep_xdp_chain_opts *opts);

/** How a program takes part in a chain. */
struct skep_xdp_member_opts {
	size_t sz;        /**< set by SKEP_OPTS() */
	int32_t priority; /**< lower ones run first; of equals the one that was added first */
	uint32_t
		continue_on; /**< bits `1 << XDP_...` of actions after which the next runs; 0: XDP_PASS */
};

/**
 * Adds a program to a chain. Its maps are those of the loaded program. To change a program, add the
 * new one with the same priority, then free the old one's link.
 *
 * @param[out] out     its link; skep_link_way() is `xdp chain`, and it has no file descriptor
 * @param      chain   the chain
 * @param      program of a loaded object, SEC("xdp")
 * @param      opts    or NULL
 * @return 0 or a negative errno
 * @err{E2BIG, the chain has 16 programs: remove one}
 * @err{EPROTOTYPE, not an XDP program for interfaces, or with frags in a chain without, or without in one with}
 * @err{EACCES, the verifier takes the program alone, but not in a chain: skep_error_last()->log has its words}
 * @err{EINVAL, unknown actions in `continue_on`; or `chain` is NULL: look at what opening it returned}
 * @err{EBADF, the program is not loaded: call skep_object_load() first}
 * @ownership{the caller frees it with skep_link_free(), before or after the chain; that waits until no packet uses it}
 * @threads{one at a time per chain}
 * @caps{CAP_BPF and CAP_NET_ADMIN}
 */
SKEP_API SKEP_MUST_USE int skep_xdp_chain_add(struct skep_link **out, struct skep_xdp_chain *chain,
					      const struct skep_program *program,
					      const struct skep_xdp_member_opts *opts);

/**
 * The link by which the chain is on its interface.
 *
 * @param chain the chain
 * @return borrowed from the chain; skep_link_way() tells the mode
 */
SKEP_API const struct skep_link *skep_xdp_chain_link(const struct skep_xdp_chain *chain);

/**
 * Takes the chain off its interface, with all programs in it, and frees it. NULL is fine. Links of
 * its programs are still to be freed.
 *
 * @param chain the chain
 */
SKEP_API void skep_xdp_chain_free(struct skep_xdp_chain *chain);

SKEP_END_DECLS

SKEP_DEFINE_FREEP(skep_xdp_chain);

#endif
