/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_ATTACH_XDP_H
#define SKEP_ATTACH_XDP_H
/**
 * @file attach/xdp.h
 * XDP programs on network interfaces: in the driver, behind it, or on the card.
 *
 * @code{.c}
 * SKEP_AUTO(skep_link) *link = NULL;
 *
 * if (skep_attach_xdp(&link, skep_object_program(object, "count"), "eth0",
 *                     SKEP_OPTS(skep_xdp_opts, .mode = SKEP_XDP_NATIVE, .fallback = true)))
 *         return skep_perror("eth0");
 * printf("%s\n", skep_link_way(link));                    // "xdp native", "xdp generic"
 * @endcode
 *
 * An interface has one XDP program. Who comes second gets EBUSY, with the name of the one that is
 * there; attach/xdp_chain.h is for several. When the interface goes away its program is off: the
 * link can still be freed, and an update of it is refused.
 */
#include <skep/base.h>
#include <skep/link.h>

SKEP_BEGIN_DECLS

struct skep_program;

/** Where in the network stack an XDP program runs. */
enum skep_xdp_mode {
	SKEP_XDP_AUTO,    /**< in the driver where it can, else generic: the kernel's choice */
	SKEP_XDP_NATIVE,  /**< in the driver, or not at all */
	SKEP_XDP_GENERIC, /**< after the driver: slower, on every interface */
	SKEP_XDP_OFFLOAD, /**< on the card: of a program that was loaded for it, see skep_attach_xdp() */
};

/** How to attach an XDP program. */
struct skep_xdp_opts {
	size_t sz;               /**< set by SKEP_OPTS() */
	enum skep_xdp_mode mode; /**< default: SKEP_XDP_AUTO */
	bool fallback; /**< where the driver refuses, in generic mode: skep_link_way() tells */
	/**
	 * The id of the program that is there now, to be replaced in one step; see
	 * skep_xdp_query(). The new one is then no BPF link, since the kernel cannot replace by
	 * one: freeing takes it off, but it stays when the process is killed. 0: replace nothing.
	 */
	uint32_t replace_id;
	const char *netns; /**< in this network namespace: a path, or a name of `ip netns` */
	int netns_fd;      /**< or its file descriptor; 0: none */
};

/**
 * Attaches an XDP program to a network interface.
 *
 * For SKEP_XDP_OFFLOAD the program must have been loaded for the card, by
 * `bpf_program__set_ifindex(skep_program_libbpf(program), index)` before skep_object_load().
 *
 * @param[out] out       the link; skep_link_way() is `xdp native`, `xdp generic` or `xdp offload`
 * @param      program   of a loaded object, SEC("xdp")
 * @param      interface a name (`"eth0"`) or an index in decimal (`"2"`)
 * @param      opts      or NULL
 * @return 0 or a negative errno
 * @err{ENODEV, no such interface: the hint names the nearest and those there are}
 * @err{EBUSY, another XDP program is there: the message has its name and id, the hint what to do}
 * @err{EEXIST, `replace_id` is not the program that is there: the message names that}
 * @err{ENOENT, `replace_id` is set and no program is there: leave it out}
 * @err{EOPNOTSUPP, the driver has no native mode: use SKEP_XDP_AUTO or SKEP_XDP_GENERIC; or kernels before 5.9 have no XDP links}
 * @err{EPROTOTYPE, not an XDP program: put it into SEC("xdp")}
 * @err{ERANGE, the interface's MTU is too large for native mode: make it smaller, or allow `fallback`}
 * @err{EINVAL, an unknown mode, or the driver refuses: the message has its words}
 * @err{EPERM, CAP_NET_ADMIN is missing; or CAP_SYS_ADMIN, for another namespace}
 * @err{EBADF, the program is not loaded: call skep_object_load() first}
 * @ownership{the caller frees it with skep_link_free(), which detaches}
 * @threads{one at a time per object}
 * @kernel{5.9, for XDP links}
 * @caps{CAP_NET_ADMIN; for another network namespace CAP_SYS_ADMIN}
 */
SKEP_API SKEP_MUST_USE int skep_attach_xdp(struct skep_link **out,
					   const struct skep_program *program,
					   const char *interface, const struct skep_xdp_opts *opts);

/** What is on an interface. Members are only ever added, at the end. */
struct skep_xdp_info {
	size_t sz;           /**< set it to sizeof(struct skep_xdp_info) before the call */
	uint32_t ifindex;    /**< the interface */
	uint32_t program_id; /**< 0: no XDP program */
	uint32_t link_id;    /**< of the BPF link that holds it; 0: none, or it cannot be told */
	uint32_t offload_id; /**< of the program on the card; 0: none */
	enum skep_xdp_mode mode; /**< of program_id; SKEP_XDP_AUTO where there is none */
	char program_name[16];   /**< empty where it cannot be told (CAP_SYS_ADMIN) */
};

/**
 * Tells which XDP program is on an interface.
 *
 * @param      interface a name or an index in decimal
 * @param[out] info      with `sz` set
 * @param      opts      or NULL; only its namespace is looked at
 * @return 0 or a negative errno, also where no program is there
 * @err{ENODEV, no such interface: the hint names the nearest and those there are}
 * @err{EINVAL, `sz` is not set: set it to sizeof(struct skep_xdp_info)}
 * @threads{any}
 */
SKEP_API SKEP_MUST_USE int skep_xdp_query(const char *interface, struct skep_xdp_info *info,
					  const struct skep_xdp_opts *opts);

SKEP_END_DECLS

#endif
