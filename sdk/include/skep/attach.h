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
 * A section may be newer than the libbpf at hand (`tcx/ingress`, `netkit/primary`, `netfilter`,
 * `uprobe.multi/...`, `kprobe.session/...`, `cgroup/connect_unix`, ...): skep knows them, so that a
 * program built on Debian 12 uses what the kernel has.
 *
 * A link is detached when it is freed, and by the kernel when its process ends, however that
 * happens; link.h has the details. When the kernel refuses, the message gives the true reason on
 * this machine.
 */
#include <skep/attach/cgroup.h>
#include <skep/attach/iter.h>
#include <skep/attach/kprobe.h>
#include <skep/attach/lsm.h>
#include <skep/attach/lwt.h>
#include <skep/attach/netfilter.h>
#include <skep/attach/netkit.h>
#include <skep/attach/netns.h>
#include <skep/attach/perf_event.h>
#include <skep/attach/socket.h>
#include <skep/attach/sockmap.h>
#include <skep/attach/struct_ops.h>
#include <skep/attach/syscall.h>
#include <skep/attach/tc.h>
#include <skep/attach/tcx.h>
#include <skep/attach/tracepoint.h>
#include <skep/attach/tracing.h>
#include <skep/attach/uprobe.h>
#include <skep/attach/usdt.h>
#include <skep/attach/wait.h>
#include <skep/attach/xdp.h>
#include <skep/attach/xdp_chain.h>
#include <skep/base.h>
#include <skep/error.h>
#include <skep/link.h>

struct bpf_program;

SKEP_BEGIN_DECLS

struct skep_object;
struct skep_program;

/**
 * Attaches every program of a loaded object whose section says where to. All, or none: when one
 * is refused those already attached are detached again, unless skep_program_set_optional() says
 * that the others can do without it. Programs whose section needs an argument (xdp, tc, cgroup,
 * ...) are left alone. Afterwards skep_program_link() tells of each where it is, and
 * skep_program_refusal() why not. Structs of functions (struct_ops) are registered too.
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
 * Says that skep_object_attach() may go on without this program, where it is refused. It has to
 * load all the same: skep_program_enable() chooses what is loaded. Its refusal costs no time: names
 * that are like the one that is not there are not looked for.
 *
 * @param program  the program
 * @param optional whether the others can do without it; default false
 * @return 0 or a negative errno
 * @err{EBUSY, its object is attached: say it before skep_object_attach()}
 * @err{EINVAL, `program` is NULL: the object has none of that name}
 * @threads{one at a time per object}
 */
SKEP_API SKEP_MUST_USE int skep_program_set_optional(struct skep_program *program, bool optional);

/**
 * Why skep_object_attach() did not attach a program.
 *
 * @param program the program
 * @return borrowed from the object, until it is attached anew; NULL when it was attached, when its
 *         section needs an argument, and before skep_object_attach()
 */
SKEP_API const struct skep_error *skep_program_refusal(const struct skep_program *program);

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
 * @err{EINVAL, `program` is NULL: the object has none of that name}
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

SKEP_END_DECLS

#endif
