/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_ATTACH_USDT_H
#define SKEP_ATTACH_USDT_H
/**
 * @file attach/usdt.h
 * Probes that a program's authors put into it: in interpreters, databases, libc, and in yours by
 * <skep/usdt.h>.
 *
 * @code{.c}
 * SKEP_AUTO(skep_link) *link = NULL;
 *
 * if (skep_attach_usdt(&link, skep_object_program(object, "on_request"), "/usr/sbin/server", "server",
 *                      "request", NULL))
 *         return skep_perror("attach");
 * @endcode
 *
 * A probe may stand at several places of the file, after inlining: all are attached, or none. A probe
 * with a semaphore is switched on while the link is there. The binary is found as by
 * skep_attach_uprobe(), also by pid and inside of a container.
 *
 * In BPF: `SEC("usdt")`, or with the place in it: `SEC("usdt/libc.so.6:libc:setjmp")`. Arguments are
 * read by libbpf's <bpf/usdt.bpf.h>; a program that does not include it gets none.
 *
 * Each place costs what a uprobe does. Programs that read arguments are attached by libbpf, and then
 * skep_link_free() waits for the kernel: 0.1 to 0.2 s for each place. Others are taken off as uprobes
 * are, without waiting.
 */
#include <skep/base.h>

SKEP_BEGIN_DECLS

struct skep_link;
struct skep_program;

/** Whom to probe, and how. */
struct skep_usdt_opts {
	size_t sz;       /**< set by SKEP_OPTS() */
	int pid;         /**< only in this process, and the file as it sees it; 0: in all */
	int path_of;     /**< the file as this process sees it, but probed in all that use it */
	uint64_t cookie; /**< bpf_usdt_cookie(), or bpf_get_attach_cookie(), in the program */
	const char *build_id; /**< in hex: `binary` is then folders (`/usr/lib:/opt`), or NULL */
};

/**
 * Attaches a program to a probe of a program or library.
 *
 * @param[out] out      the link
 * @param      program  of a loaded object: SEC("usdt"), or one of the sections for uprobes
 * @param      binary   a path, a name, folders for .build_id, or NULL for .pid's own program
 * @param      provider of the probe: `readelf -n` shows it
 * @param      name     of the probe
 * @param      opts     or NULL
 * @return 0 or a negative errno, as skep_attach_uprobe(), and
 * @err{ENOENT, no such file or probe: the hint names those there are}
 * @err{EOPNOTSUPP, an argument of the probe is of a form that libbpf cannot read: use a program that
 *      reads none}
 * @err{EINVAL, provider or name is NULL or empty}
 * @ownership{the caller frees it with skep_link_free(), which detaches}
 * @kernel{4.17, without a cookie; with one 5.15}
 * @caps{CAP_BPF and CAP_PERFMON; CAP_SYS_PTRACE for processes of others; through perf
 *       CAP_SYS_ADMIN\, as skep_attach_uprobe()}
 */
SKEP_API SKEP_MUST_USE int skep_attach_usdt(struct skep_link **out,
					    const struct skep_program *program, const char *binary,
					    const char *provider, const char *name,
					    const struct skep_usdt_opts *opts);

SKEP_END_DECLS

#endif
