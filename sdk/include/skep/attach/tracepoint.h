/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_ATTACH_TRACEPOINT_H
#define SKEP_ATTACH_TRACEPOINT_H
/**
 * @file attach/tracepoint.h
 * Places that the kernel's authors named. Part of attach.h.
 *
 * @code{.c}
 * SKEP_AUTO(skep_link) *link = NULL;
 *
 * if (skep_attach_raw_tracepoint(&link, skep_object_program(object, "on_exec"),
 *                                "sched_process_exec", NULL))
 *         return skep_perror("raw tracepoint");
 * @endcode
 *
 * Prefer raw tracepoints, or tp_btf (attach/tracing.h): they need no tracefs, cost less for each
 * event, and detach in 0.1 ms, where a tracepoint takes 50 to 75. A tracepoint gives its fields as
 * tracefs describes them.
 */
#include <skep/base.h>

SKEP_BEGIN_DECLS

struct skep_link;
struct skep_program;

/** How to attach to a tracepoint. */
struct skep_tracepoint_opts {
	size_t sz;       /**< set by SKEP_OPTS() */
	uint64_t cookie; /**< for bpf_get_attach_cookie() (5.15; raw: 6.10); default: 0 */
};

/**
 * Attaches to a tracepoint of tracefs.
 *
 * @param[out] out        the link
 * @param      program    of a loaded object, SEC("tp")
 * @param      tracepoint `category/name`, as in `sched/sched_process_exec`
 * @param      opts       or NULL
 * @return 0 or a negative errno
 * @err{ENOENT, no such tracepoint: the hint names the nearest; or tracefs is not mounted: it has the command}
 * @err{EINVAL, not of the form `category/name`}
 * @err{EACCES, the program reads beyond the tracepoint's fields: see its `format` in tracefs}
 * @err{E2BIG, 64 programs are on it: take one off}
 * @err{EPROTOTYPE, not a tracepoint program: put it into SEC("tp")}
 * @err{EBADF, the program is not loaded: call skep_object_load() first}
 * @err{EPERM, privilege is missing, or this kernel forbids it: the message tells which}
 * @err{EMFILE, too many open files: raise ulimit -n}
 * @ownership{the caller frees it with skep_link_free(), which detaches}
 * @kernel{4.7}
 * @caps{CAP_BPF and CAP_PERFMON; and tracefs readable}
 */
SKEP_API SKEP_MUST_USE int skep_attach_tracepoint(struct skep_link **out,
						  const struct skep_program *program,
						  const char *tracepoint,
						  const struct skep_tracepoint_opts *opts);

/**
 * Attaches to a raw tracepoint.
 *
 * @param[out] out        the link
 * @param      program    of a loaded object, SEC("raw_tp") or SEC("raw_tp.w")
 * @param      tracepoint its name, as in `sched_process_exec`
 * @param      opts       or NULL
 * @return 0 or a negative errno
 * @err{ENOENT, no such tracepoint: the hint names the nearest}
 * @err{EINVAL, no name; or a program that reads or writes beyond its arguments}
 * @err{EOPNOTSUPP, this kernel has no cookies for raw tracepoints}
 * @err{EPROTOTYPE, not a raw tracepoint program: put it into SEC("raw_tp")}
 * @err{EBADF, the program is not loaded: call skep_object_load() first}
 * @err{EPERM, privilege is missing, or this kernel forbids it: the message tells which}
 * @ownership{the caller frees it with skep_link_free(), which detaches}
 * @kernel{4.17}
 * @caps{CAP_BPF and CAP_PERFMON}
 */
SKEP_API SKEP_MUST_USE int skep_attach_raw_tracepoint(struct skep_link **out,
						      const struct skep_program *program,
						      const char *tracepoint,
						      const struct skep_tracepoint_opts *opts);

SKEP_END_DECLS

#endif
