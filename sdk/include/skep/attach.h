/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_ATTACH_H
#define SKEP_ATTACH_H
/**
 * @file attach.h
 * Programs to their hooks, by section name or by arguments known only at run time.
 *
 * @code{.c}
 * SKEP_AUTO(skep_link) *link = NULL;
 *
 * if (skep_object_attach(object) ||                       // all whose section says where to
 *     skep_attach_xdp(&link, skep_object_program(object, "count"), "eth0",
 *                     SKEP_OPTS(skep_xdp_opts, .mode = SKEP_XDP_AUTO)))
 *         return skep_perror("attach");
 * @endcode
 *
 * A link is detached when it is freed, and by the kernel when its process ends, however that
 * happens. When the kernel refuses, the message gives the true reason on this machine.
 */
#include <skep/base.h>
#include <skep/link.h>

struct bpf_program;

SKEP_BEGIN_DECLS

struct skep_object;
struct skep_program;

/**
 * Attaches every program of a loaded object whose section says where to. All, or none: when one
 * is refused those already attached are detached again. Programs whose section needs an
 * argument (xdp, tc, cgroup, ...) are left alone.
 *
 * @param object a loaded object; it owns the links
 * @return 0 or a negative errno
 * @err{EBADF, the object is not loaded: call skep_object_load() first}
 * @err{EALREADY, it is attached}
 * @err{ENOENT, a hook that does not exist: the hint names the nearest}
 * @err{EOPNOTSUPP, this kernel lacks that kind of hook: the message names it}
 * @err{EPERM, privilege is missing, or this kernel forbids it: the message tells which}
 * @threads{one at a time per object}
 */
SKEP_API SKEP_MUST_USE int skep_object_attach(struct skep_object *object);

/**
 * Detaches what skep_object_attach() attached. Nothing is done when it is not attached.
 *
 * @param object the object
 */
SKEP_API void skep_object_detach(struct skep_object *object);

/**
 * Attaches one program by its section name.
 *
 * @param[out] out     the link
 * @param      program of a loaded object
 * @return 0 or a negative errno as skep_object_attach(), and
 * @err{EDESTADDRREQ, the section needs an argument: use the helper that the hint names}
 * @ownership{the caller frees it with skep_link_free(), which detaches}
 */
SKEP_API SKEP_MUST_USE int skep_attach(struct skep_link **out, const struct skep_program *program);

/**
 * skep_attach() for a program of somebody else's libbpf object.
 *
 * @param[out] out     the link
 * @param      program a loaded program; stays the caller's
 * @return 0 or a negative errno as skep_attach()
 * @ownership{the caller frees it with skep_link_free(), which detaches}
 */
SKEP_API SKEP_MUST_USE int skep_attach_libbpf(struct skep_link **out,
					      const struct bpf_program *program);

/** Where in the network stack an XDP program runs. */
enum skep_xdp_mode {
	SKEP_XDP_AUTO,    /**< in the driver where it can, else generic: the kernel's choice */
	SKEP_XDP_NATIVE,  /**< in the driver, or not at all */
	SKEP_XDP_GENERIC, /**< after the driver: slower, on every interface */
};

/** How to attach an XDP program. */
struct skep_xdp_opts {
	size_t sz;               /**< set by SKEP_OPTS() */
	enum skep_xdp_mode mode; /**< default: SKEP_XDP_AUTO */
};

/**
 * Attaches an XDP program to a network interface.
 *
 * @param[out] out       the link
 * @param      program   of a loaded object, SEC("xdp")
 * @param      interface a name (`"eth0"`) or an index in decimal (`"2"`)
 * @param      opts      or NULL
 * @return 0 or a negative errno
 * @err{ENODEV, no such interface: the hint names those there are}
 * @err{EBUSY, another XDP program is there: see `ip link show dev ...`}
 * @err{EOPNOTSUPP, the driver has no native mode: use SKEP_XDP_AUTO or SKEP_XDP_GENERIC}
 * @err{EINVAL, not an XDP program; or the interface's MTU is too large for native mode}
 * @err{EPERM, CAP_NET_ADMIN is missing}
 * @ownership{the caller frees it with skep_link_free(), which detaches}
 * @kernel{5.9, for XDP links}
 * @caps{CAP_NET_ADMIN}
 */
SKEP_API SKEP_MUST_USE int skep_attach_xdp(struct skep_link **out,
					   const struct skep_program *program,
					   const char *interface, const struct skep_xdp_opts *opts);

SKEP_END_DECLS

#endif
