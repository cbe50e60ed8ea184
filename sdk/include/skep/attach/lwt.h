/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_ATTACH_LWT_H
#define SKEP_ATTACH_LWT_H
/**
 * @file attach/lwt.h
 * Programs of a route (lightweight tunnels): for packets that take it in, out, or as they are sent.
 * Attaching makes the route, freeing the link removes it.
 *
 * @code{.c}
 * SKEP_AUTO(skep_link) *link = NULL;
 *
 * if (skep_attach_lwt(&link, skep_object_program(object, "encap"), "192.0.2.0/24", "eth0",
 *                     SKEP_OPTS(skep_lwt_opts, .gateway = "198.51.100.1")))
 *         return skep_perror("route");
 * @endcode
 *
 * The section says which packets: SEC("lwt_in") those that come in by the route, SEC("lwt_out")
 * those that go out, SEC("lwt_xmit") those that are about to be sent, which may be changed. **A route
 * outlives its owner**: after `kill -9` it stays. `ip route show table all` shows it as `encap bpf`.
 */
#include <skep/base.h>
#include <skep/link.h>

SKEP_BEGIN_DECLS

struct skep_program;

/** The route that a program is attached by. */
struct skep_lwt_opts {
	size_t sz;           /**< set by SKEP_OPTS() */
	const char *gateway; /**< the next hop's address; NULL: the destination is on the link */
	uint32_t table;      /**< the routing table; 0: main, or local where `local` is set */
	uint32_t metric;     /**< lower ones are preferred; 0: the kernel's default */
	bool local;          /**< the destination is this machine: for SEC("lwt_in") */
	uint32_t headroom;   /**< bytes that SEC("lwt_xmit") may put in front; at most 256 */
	const char *netns;   /**< in this network namespace: a path, or a name of `ip netns` */
	int netns_fd;        /**< or its file descriptor; 0: none */
};

/**
 * Makes a route whose packets a program sees.
 *
 * @param[out] out         the link; skep_link_way() is `lwt`, and it has no file descriptor
 * @param      program     of a loaded object, SEC("lwt_in"), SEC("lwt_out") or SEC("lwt_xmit")
 * @param      destination `"192.0.2.0/24"`, `"192.0.2.1"` or `"2001:db8::/32"`
 * @param      interface   a name (`"eth0"`) or an index in decimal (`"2"`)
 * @param      opts        or NULL
 * @return 0 or a negative errno
 * @err{ENODEV, no such interface: the hint names the nearest and those there are}
 * @err{EEXIST, there is such a route: remove it, or choose another table or metric}
 * @err{EINVAL, not an address; bits behind the prefix; too much headroom; or what the kernel says}
 * @err{EOPNOTSUPP, this kernel has no BPF on tunnels: the message names the option}
 * @err{EPROTOTYPE, not a program for routes: put it into SEC("lwt_xmit")}
 * @err{EPERM, CAP_NET_ADMIN is missing; or CAP_SYS_ADMIN, for another namespace}
 * @err{EBADF, the program is not loaded: call skep_object_load() first}
 * @ownership{the caller frees it with skep_link_free(), which removes the route; until then it holds the network namespace}
 * @threads{one at a time per object}
 * @kernel{4.10}
 * @caps{CAP_NET_ADMIN; for another network namespace CAP_SYS_ADMIN}
 */
SKEP_API SKEP_MUST_USE int skep_attach_lwt(struct skep_link **out,
					   const struct skep_program *program,
					   const char *destination, const char *interface,
					   const struct skep_lwt_opts *opts);

SKEP_END_DECLS

#endif
