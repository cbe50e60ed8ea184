/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_ATTACH_LSM_H
#define SKEP_ATTACH_LSM_H
/**
 * @file attach/lsm.h
 * Hooks of the kernel's security modules: a program is asked before something is done, and may
 * refuse it. Part of attach.h.
 *
 * @code{.c}
 * SKEP_AUTO(skep_link) *link = NULL;
 *
 * if (skep_attach_lsm(&link, skep_object_program(object, "may_open"), NULL))
 *         return skep_perror("lsm");
 * @endcode
 *
 * A program runs only where `bpf` is among the active security modules (`lsm=...,bpf`); elsewhere
 * the kernel takes the program, and never asks it. So skep refuses to attach there: what enforces
 * does not fail silently. It decides for the whole machine, until its link is freed or its process
 * ends; pin the link where the decision must outlive the process.
 */
#include <skep/base.h>

SKEP_BEGIN_DECLS

struct skep_link;
struct skep_program;

/** How to attach an LSM program. */
struct skep_lsm_opts {
	size_t sz;       /**< set by SKEP_OPTS() */
	uint64_t cookie; /**< for bpf_get_attach_cookie() (6.0); default: 0 */
};

/**
 * Attaches a program to the security hook that it was loaded for: its section's, or that of
 * skep_program_set_target(). Sleepable ones are SEC("lsm.s/...").
 *
 * @param[out] out     the link
 * @param      program of a loaded object, SEC("lsm/...") or SEC("lsm.s/...")
 * @param      opts    or NULL
 * @return 0 or a negative errno
 * @err{EOPNOTSUPP, this kernel does not ask LSM programs: the hint has what to boot with}
 * @err{EBUSY, the hook is patched by something that does not share it}
 * @err{E2BIG, as many programs as a hook takes (38) are on it: take one off}
 * @err{EPROTOTYPE, not an LSM program; one for cgroups is attached to a cgroup}
 * @err{EBADF, the program is not loaded: call skep_object_load() first}
 * @err{EPERM, privilege is missing, or this kernel forbids it: the message tells which}
 * @ownership{the caller frees it with skep_link_free(), which detaches}
 * @kernel{5.7}
 * @caps{CAP_BPF and CAP_PERFMON}
 */
SKEP_API SKEP_MUST_USE int skep_attach_lsm(struct skep_link **out,
					   const struct skep_program *program,
					   const struct skep_lsm_opts *opts);

SKEP_END_DECLS

#endif
