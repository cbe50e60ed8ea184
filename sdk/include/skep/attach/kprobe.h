/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_ATTACH_KPROBE_H
#define SKEP_ATTACH_KPROBE_H
/**
 * @file attach/kprobe.h
 * Any function of the kernel: one, many at once, and system calls by their names. Part of
 * attach.h.
 *
 * @code{.c}
 * SKEP_AUTO(skep_link) *one = NULL;
 * SKEP_AUTO(skep_link) *many = NULL;
 *
 * if (skep_attach_kprobe(&one, skep_object_program(object, "on_open"), "do_sys_openat2", NULL) ||
 *     skep_attach_kprobe_multi(&many, skep_object_program(object, "on_vfs"), "vfs_*", NULL))
 *         return skep_perror("kprobes");
 * @endcode
 *
 * A function is `name`, or `module:name` where it is a module's, `vmlinux:name` where a module has
 * one of that name too. One that is not there, that the
 * compiler made parts of, that has several namesakes, or that may not be probed is told as such,
 * with the nearest names. To tell, skep reads /proc/kallsyms: some 100 ms and 6 MB, once for a
 * process and again after modules came or went.
 *
 * Costs: a single probe takes 1 ms and more to attach, and some 10 to 100 ms to detach, because
 * the kernel waits; a multi link for 10,000 functions hardly more than one for ten. fentry costs
 * the traced function least: see attach/tracing.h.
 */
#include <skep/base.h>

SKEP_BEGIN_DECLS

struct skep_link;
struct skep_program;

/** How to probe a function. */
struct skep_kprobe_opts {
	size_t sz;        /**< set by SKEP_OPTS() */
	bool ret;         /**< when it returns; SEC("kretprobe") means that too */
	uint64_t offset;  /**< bytes behind its beginning, where an instruction begins */
	uint64_t address; /**< instead of a name: an address as /proc/kallsyms tells it */
	uint64_t cookie;  /**< for bpf_get_attach_cookie() (5.15); default: 0 */
};

/**
 * Attaches to one function of the kernel.
 *
 * @param[out] out      the link
 * @param      program  of a loaded object, SEC("kprobe") or SEC("kretprobe")
 * @param      function `name`, `module:name`, or either with `+offset`; NULL with `.address`
 * @param      opts     or NULL
 * @return 0 or a negative errno
 * @err{ENOENT, no such function, or its module is not loaded: the hint names the nearest}
 * @err{ENOTUNIQ, several functions have the name: the hint has their addresses, for `.address`}
 * @err{EINVAL, the kernel forbids to probe it, no instruction begins there, or neither or both of function and address are given}
 * @err{EOPNOTSUPP, this kernel has no kprobes, or no cookies: the hint tells what else there is}
 * @err{EPROTOTYPE, not a kprobe program, or one for multi links: use skep_attach_kprobe_multi()}
 * @err{EBADF, the program is not loaded: call skep_object_load() first}
 * @err{EPERM, privilege is missing, or this kernel forbids it: the message tells which}
 * @err{EMFILE, too many open files: raise ulimit -n}
 * @ownership{the caller frees it with skep_link_free(), which detaches}
 * @kernel{4.17}
 * @caps{CAP_BPF and CAP_PERFMON}
 */
SKEP_API SKEP_MUST_USE int skep_attach_kprobe(struct skep_link **out,
					      const struct skep_program *program,
					      const char *function,
					      const struct skep_kprobe_opts *opts);

/** How to probe a system call. */
struct skep_ksyscall_opts {
	size_t sz;       /**< set by SKEP_OPTS() */
	bool ret;        /**< when it returns; SEC("kretsyscall") means that too */
	uint64_t cookie; /**< for bpf_get_attach_cookie() (5.15); default: 0 */
};

/**
 * Attaches to a system call by its name, whatever this architecture calls its function
 * (`__x64_sys_openat`, `__arm64_sys_openat`, `__se_sys_openat`, `sys_openat`). Calls of 32-bit
 * programs go through other functions, and are not seen.
 *
 * @param[out] out     the link
 * @param      program of a loaded object, SEC("ksyscall") or SEC("kretsyscall")
 * @param      name    as in `openat`
 * @param      opts    or NULL
 * @return 0 or a negative errno as skep_attach_kprobe(), and
 * @err{ENOENT, this kernel has no such system call: the hint names the nearest}
 * @ownership{the caller frees it with skep_link_free(), which detaches}
 * @kernel{4.17}
 * @caps{CAP_BPF and CAP_PERFMON}
 */
SKEP_API SKEP_MUST_USE int skep_attach_ksyscall(struct skep_link **out,
						const struct skep_program *program,
						const char *name,
						const struct skep_ksyscall_opts *opts);

/**
 * Is told of each function that was left out.
 *
 * @param function its name
 * @param why      one line
 * @param ctx      skep_kprobe_multi_opts.ctx
 */
typedef void (*skep_kprobe_skip_fn)(const char *function, const char *why, void *ctx);

/** Which functions, beside a pattern, and how. */
struct skep_kprobe_multi_opts {
	size_t sz;     /**< set by SKEP_OPTS() */
	bool ret;      /**< when they return; SEC("kretprobe.multi") means that too */
	bool skip;     /**< leave out what cannot be probed, and go on with the rest */
	bool every;    /**< of functions of one name, all: else that is an error */
	bool fallback; /**< where there are no multi links: a probe for each function */
	const char *const *functions; /**< names, instead of a pattern */
	const uint64_t *addresses;    /**< addresses, instead of names */
	size_t count;                 /**< how many names or addresses */
	const uint64_t *cookies;      /**< one for each of them */
	uint64_t cookie;              /**< one for all, where there are no `cookies` */
	const char *except;           /**< a pattern of functions to leave out */
	skep_kprobe_skip_fn on_skip;  /**< with `.skip`: told of each; default: the log is */
	void *ctx;                    /**< for on_skip */
};

/**
 * Attaches to many functions of the kernel by one link. A pattern takes those that can be traced,
 * by `*`, `?` and `[...]`, also `module:pattern`; a list takes each of its names, or fails and
 * names the one that cannot be (`.skip`: goes on with the others).
 *
 * skep_link_way() tells `"kprobe.multi"`, or with `.fallback` `"kprobe"`: two files and some
 * 10 to 100 ms of detaching for each function.
 *
 * @param[out] out     the link
 * @param      program of a loaded object, SEC("kprobe.multi"), SEC("kretprobe.multi") or
 *                     SEC("kprobe.session"); with `.fallback` also SEC("kprobe")
 * @param      pattern of names; NULL with a list
 * @param      opts    or NULL
 * @return 0 or a negative errno
 * @err{ENOENT, nothing matches, or a name of the list is not there: the hint names the nearest}
 * @err{ENOTUNIQ, a name of the list has several functions: take all with `.every`, or an address}
 * @err{EINVAL, a function that cannot be traced; or not exactly one of pattern, functions and addresses}
 * @err{EOPNOTSUPP, this kernel has no multi links: allow `.fallback`, or use skep_attach_kprobe()}
 * @err{EPROTOTYPE, not a program for multi links: put it into SEC("kprobe.multi")}
 * @err{EBADF, the program is not loaded: call skep_object_load() first}
 * @err{EPERM, privilege is missing, or this kernel forbids it: the message tells which}
 * @err{EMFILE, too many open files, above all with `.fallback`: raise ulimit -n}
 * @err{ENOMEM, no memory}
 * @ownership{the caller frees it with skep_link_free(), which detaches}
 * @kernel{5.18}
 * @caps{CAP_BPF and CAP_PERFMON; CAP_SYSLOG to see addresses}
 */
SKEP_API SKEP_MUST_USE int skep_attach_kprobe_multi(struct skep_link **out,
						    const struct skep_program *program,
						    const char *pattern,
						    const struct skep_kprobe_multi_opts *opts);

/**
 * skep_attach_kprobe_multi() for a program that runs when a function is entered, and, unless it
 * returned 1 then, when it returns.
 *
 * @param[out] out     the link
 * @param      program of a loaded object, SEC("kprobe.session")
 * @param      pattern of names; NULL with a list
 * @param      opts    or NULL; there is no `.ret` and no `.fallback`
 * @return 0 or a negative errno as skep_attach_kprobe_multi()
 * @ownership{the caller frees it with skep_link_free(), which detaches}
 * @kernel{6.10}
 * @caps{CAP_BPF and CAP_PERFMON; CAP_SYSLOG to see addresses}
 */
SKEP_API SKEP_MUST_USE int skep_attach_kprobe_session(struct skep_link **out,
						      const struct skep_program *program,
						      const char *pattern,
						      const struct skep_kprobe_multi_opts *opts);

SKEP_END_DECLS

#endif
