/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_ATTACH_NETKIT_H
#define SKEP_ATTACH_NETKIT_H
/**
 * @file attach/netkit.h
 * Programs inside a netkit device (6.7), the pair of interfaces that is made for BPF: what leaves
 * one end is decided upon before it arrives at the other.
 *
 * @code{.c}
 * SKEP_AUTO(skep_link) *link = NULL;
 *
 * if (skep_attach_netkit(&link, skep_object_program(object, "out_of_pod"), "nk0",
 *                        SKEP_NETKIT_PEER, NULL))
 *         return skep_perror("nk0");
 * @endcode
 *
 * Both ends are attached to through the primary one, which is the host's: so who is in the other
 * end's namespace cannot take the programs off. Make a pair with `ip link add nk0 type netkit peer
 * name nk1`.
 */
#include <skep/attach/tcx.h>
#include <skep/base.h>
#include <skep/link.h>

SKEP_BEGIN_DECLS

struct skep_program;

/** Which end of a pair sends. */
enum skep_netkit_end {
	SKEP_NETKIT_PRIMARY, /**< what the primary end sends to its peer */
	SKEP_NETKIT_PEER,    /**< what the peer sends to the primary end */
};

/** How to attach to a netkit device. Of `link`, `program` and the ids give one at most. */
struct skep_netkit_opts {
	size_t sz;                          /**< set by SKEP_OPTS() */
	enum skep_order order;              /**< default: SKEP_ORDER_LAST */
	const struct skep_link *link;       /**< before or after this link */
	const struct skep_program *program; /**< before or after this program */
	uint32_t link_id;                   /**< before or after the link of this id */
	uint32_t program_id;                /**< before or after the program of this id */
	uint64_t revision; /**< only if nobody changed anything since then; 0: anyway */
	const char *netns; /**< in this network namespace: a path, or a name of `ip netns` */
	int netns_fd;      /**< or its file descriptor; 0: none */
};

/**
 * Attaches a program to one end of a netkit pair.
 *
 * @param[out] out       the link; skep_link_way() is `netkit`
 * @param      program   of a loaded object, SEC("netkit/primary"), SEC("netkit/peer") or SEC("tc")
 * @param      interface the primary end: a name or an index in decimal
 * @param      end       whose packets
 * @param      opts      or NULL
 * @return 0 or a negative errno
 * @err{EOPNOTSUPP, this kernel has no netkit: use a veth pair and skep_attach_tcx()}
 * @err{ENODEV, no such interface: the hint names the nearest and those there are}
 * @err{EINVAL, the interface is no netkit device, or its peer end; an unknown order; before or after without saying what}
 * @err{ENOENT, the link or program to be before or after is not on this device: name one that is, or use first or last}
 * @err{EEXIST, this very program is there already: a program can be on one end once}
 * @err{ESTALE, somebody changed something since `revision`: look again}
 * @err{E2BIG, 64 programs are there: no more fit}
 * @err{EPROTOTYPE, not a tc program: put it into SEC("netkit/primary")}
 * @err{EPERM, CAP_NET_ADMIN is missing; CAP_SYS_ADMIN, for ids and other namespaces}
 * @err{EBADF, the program is not loaded: call skep_object_load() first}
 * @ownership{the caller frees it with skep_link_free(), which detaches}
 * @threads{one at a time per object}
 * @kernel{6.7}
 * @caps{CAP_NET_ADMIN; for ids and another network namespace CAP_SYS_ADMIN}
 */
SKEP_API SKEP_MUST_USE int skep_attach_netkit(struct skep_link **out,
					      const struct skep_program *program,
					      const char *interface, enum skep_netkit_end end,
					      const struct skep_netkit_opts *opts);

SKEP_END_DECLS

#endif
