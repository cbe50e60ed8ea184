/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_ATTACH_STRUCT_OPS_H
#define SKEP_ATTACH_STRUCT_OPS_H
/**
 * @file skep/attach/struct_ops.h
 * Parts of the kernel as programs: a TCP congestion control, a scheduler (sched_ext), a queueing
 * discipline. Part of attach.h.
 *
 * @code{.c}
 * SKEP_AUTO(skep_link) *link = NULL;
 *
 * if (skep_attach_struct_ops(&link, object, "gentle"))  // struct tcp_congestion_ops gentle = {...}
 *         return skep_perror("gentle");
 * @endcode
 *
 * The struct stands in SEC(".struct_ops.link") and is registered by a link (6.4), which ends with
 * its process; or in SEC(".struct_ops") and is registered without one: then it **stays** when the
 * process is killed, until `bpftool struct_ops unregister`. skep_object_attach() attaches both.
 * Attaching costs two or three system calls.
 *
 * The section with the link is known to libbpf since 1.2; skep brings it to older ones, for
 * objects that have no struct in SEC(".struct_ops") beside it.
 */
#include <skep/base.h>
#include <skep/link.h>

SKEP_BEGIN_DECLS

struct skep_object;

/**
 * Registers a struct of functions. Done by hand, skep_object_attach() leaves that one alone.
 *
 * @param[out] out    the link; skep_link_way() says `"struct_ops link"` or `"struct_ops"`
 * @param      object a loaded object
 * @param      map    the struct's name
 * @return 0 or a negative errno
 * @err{ENOENT, the object has no struct of that name: the hint names those it has}
 * @err{EPROTOTYPE, that is a map of another kind}
 * @err{EBADF, the object is not loaded, or this map has no part in it}
 * @err{EINVAL, the kernel misses something in the struct: the message names the members that it wants}
 * @err{EEXIST, another of the same name is registered: the kernel knows them by name}
 * @err{EMFILE, no file descriptor is free: close some, or raise `ulimit -n`}
 * @err{EBUSY, it is attached; or, without a link, was before: open the object again. Or another scheduler runs}
 * @err{EOPNOTSUPP, this kernel lacks it: the message names what}
 * @err{EPERM, privilege is missing: the message tells which}
 * @ownership{the caller frees the link with skep_link_free(), which takes the struct back; sockets and processes that use it go on until they end}
 * @threads{one at a time per object}
 * @kernel{5.6}
 * @caps{CAP_SYS_ADMIN for most; CAP_BPF and CAP_NET_ADMIN for a congestion control}
 */
SKEP_API SKEP_MUST_USE int skep_attach_struct_ops(struct skep_link **out,
						  struct skep_object *object, const char *map);

SKEP_END_DECLS

#endif
