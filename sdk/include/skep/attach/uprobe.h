/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_ATTACH_UPROBE_H
#define SKEP_ATTACH_UPROBE_H
/**
 * @file uprobe.h
 * Functions of programs and libraries: when they are called, and when they return.
 *
 * @code{.c}
 * SKEP_AUTO(skep_link) *one = NULL;
 * SKEP_AUTO(skep_link) *many = NULL;
 *
 * if (skep_attach_uprobe(&one, skep_object_program(object, "on_malloc"), "libc.so.6",
 *                        SKEP_OPTS(skep_uprobe_opts, .symbol = "malloc", .pid = 1234)) ||
 *     skep_attach_uprobe_multi(&many, skep_object_program(object, "on_ssl"), "libssl.so.3",
 *                              SKEP_OPTS(skep_uprobe_multi_opts, .pattern = "SSL_*")))
 *         return skep_perror("attach");
 * @endcode
 *
 * **Which file.** `binary` is a path, or a name without a slash. With `.pid` it is looked for as that
 * process sees it: in its mount namespace and root, so that a container's own copy of a library is
 * the one that is probed; and a name is first looked for among what it has loaded. Without, a name
 * is found as the shell and then the loader would find it: PATH for programs, LD_LIBRARY_PATH,
 * /etc/ld.so.cache and the default folders for libraries. "libc.so.6", "libc" and "c" are the same.
 *
 * **Which place.** A symbol of .dynsym or .symtab, also with a version (`memcpy@@GLIBC_2.14`), and
 * bytes behind it; or an offset in the file. For stripped files the debug file is read, by build-id
 * or .gnu_debuglink. Many symbols are found in one pass over the file.
 *
 * **What it costs.** Each hit is a trap: 2 to 30 us of the probed program's time, 0.3 us where the
 * kernel has a better way (Linux 6.18 on a nop of five bytes, as <skep/usdt.h> emits). Attaching
 * reads the file's symbols: 1 ms for libc. Detaching takes the kernel up to 0.2 s, which nobody
 * waits for: see <skep/attach/wait.h>.
 *
 * In BPF: `SEC("uprobe")`, `SEC("uretprobe")` for single places; `SEC("uprobe.multi")`,
 * `SEC("uretprobe.multi")` for many by one link; `SEC("uprobe.session")` for entry and return by one
 * program; with `.s` behind them, programs that may sleep, and so read memory that is not there yet.
 * The whole place may stand in the section, for skep_attach() and skep_object_attach():
 * `SEC("uprobe/libc.so.6:malloc")`, `SEC("uprobe//usr/bin/app:parse+0x10")`,
 * `SEC("uprobe.multi/libssl.so.3:SSL_*")`.
 */
#include <skep/attach/wait.h>
#include <skep/base.h>

SKEP_BEGIN_DECLS

struct skep_link;
struct skep_program;

/** One place to probe, and whom. */
struct skep_uprobe_opts {
	size_t sz; /**< set by SKEP_OPTS() */
	const char *
		symbol; /**< a function, also with its version as `nm -D` shows it; NULL: .offset only */
	uint64_t offset; /**< bytes behind the symbol; without a symbol, in the file */
	int pid;         /**< only in this process, and the file as it sees it; 0: in all */
	int path_of;     /**< the file as this process sees it, but probed in all that use it */
	bool ret;        /**< when the function returns; SEC("uretprobe") says so too */
	uint64_t cookie; /**< bpf_get_attach_cookie() in the program */
	const char *build_id; /**< in hex: `binary` is then folders (`/usr/lib:/opt`), or NULL */
	uint64_t semaphore;   /**< offset in the file of a counter to hold above 0; 0: none */
	bool fallback;        /**< where perf has no uprobes, take tracefs: skep_link_way() tells */
};

/**
 * Attaches a program to one place of a program or library.
 *
 * @param[out] out     the link
 * @param      program of a loaded object: SEC("uprobe") or SEC("uretprobe"), also of the multi kinds
 * @param      binary  a path, a name, folders for .build_id, or NULL for .pid's own program
 * @param      opts    the place
 * @return 0 or a negative errno
 * @err{ENOENT, no such file or function: the hint names those most alike; or the file is stripped:
 *      the hint names the debug file to install}
 * @err{ENOTUNIQ, several functions have that name\, or it is chosen when loaded (IFUNC): the hint
 *      tells how to name one}
 * @err{ENOEXEC, not an ELF file\, or for another machine: give the file that runs here}
 * @err{EISDIR, `binary` is a folder: give the path of a file in it}
 * @err{ENAMETOOLONG, the path is longer than the kernel takes: give a shorter one}
 * @err{EBADMSG, the file is cut off or damaged: install it again}
 * @err{ERANGE, the offset is behind the function's end\, or not in code: see `objdump -d`}
 * @err{ESRCH, there is no such process\, or it ended meanwhile: attach while it runs}
 * @err{EINVAL, neither symbol nor offset\, options that exclude each other\, not a regular file\, or with `.pid` a link of /proc but "/proc/self/exe"}
 * @err{EPROTOTYPE, the program is not one for uprobes: use SEC("uprobe")}
 * @err{EMFILE, no file descriptors are left: raise `ulimit -n`}
 * @err{EACCES, the file or the process may not be read: run as root or as its user}
 * @err{EPERM, privilege is missing: the message tells which}
 * @err{EOPNOTSUPP, this kernel has no uprobes\, or no cookies: the message tells what it lacks}
 * @err{EBADF, the program is not loaded: call skep_object_load() first}
 * @ownership{the caller frees it with skep_link_free(), which detaches and does not wait}
 * @kernel{4.17, without a cookie; with one 5.15}
 * @caps{CAP_BPF and CAP_PERFMON; CAP_SYS_PTRACE for processes of others; SEC("uprobe") goes through
 *       perf\, which wants CAP_SYS_ADMIN since Linux 6.16 and in stable kernels before it}
 */
SKEP_API SKEP_MUST_USE int skep_attach_uprobe(struct skep_link **out,
					      const struct skep_program *program,
					      const char *binary,
					      const struct skep_uprobe_opts *opts);

/**
 * Is told of a function that fits a pattern, before any is attached.
 *
 * @param number   0 of the first, in the order of the file; bpf_get_attach_cookie() in the program
 * @param function its name, valid until this returns; of several names that one function has, the plainest
 * @param ctx      .named_ctx
 * @return 0, or a negative errno: nothing is attached
 */
typedef int (*skep_uprobe_named_fn)(uint64_t number, const char *function, void *ctx);

/** Many places of one file. One of .pattern, .symbols and .offsets says which. */
struct skep_uprobe_multi_opts {
	size_t sz;                  /**< set by SKEP_OPTS() */
	const char *pattern;        /**< names of functions; `*` is any text, `?` any character */
	const char *const *symbols; /**< .count names, as in skep_uprobe_opts */
	const uint64_t *offsets;    /**< .count offsets in the file; with .symbols, behind them */
	const uint64_t *cookies;    /**< .count of them, or NULL; not with .pattern */
	const uint64_t *semaphores; /**< .count offsets of counters, or NULL; not with .pattern */
	size_t count;               /**< of the arrays; at most 1,048,576 */
	int pid;                    /**< as in skep_uprobe_opts */
	int path_of;                /**< as in skep_uprobe_opts */
	bool ret;                   /**< when they return; not for SEC("uprobe.session") */
	const char *build_id;       /**< as in skep_uprobe_opts */
	bool skip_missing; /**< go on without functions that are not there: skep_log_set() tells */
	bool fallback;     /**< without uprobe.multi, many single ones: skep_link_way() tells */
	skep_uprobe_named_fn named; /**< with .pattern: which functions fit, and number them */
	void *named_ctx;            /**< for .named */
};

/**
 * Attaches a program to many places of one file: by one link, where the kernel has it.
 *
 * Where it has not (before Linux 6.6) this fails, unless .fallback allows a uprobe for each place: two
 * file descriptors each, and 0.1 s of the kernel's time to take each off. A program of SEC("uprobe")
 * always takes this way, and needs .fallback too.
 *
 * @param[out] out     the link
 * @param      program of a loaded object: SEC("uprobe.multi"), SEC("uretprobe.multi") or
 *                     SEC("uprobe.session")
 * @param      binary  as in skep_attach_uprobe()
 * @param      opts    the places
 * @return 0 or a negative errno, as skep_attach_uprobe(), and
 * @err{EOPNOTSUPP, this kernel has no uprobe.multi (6.6) or uprobe.session (6.13): set .fallback}
 * @err{E2BIG, more than 1\,048\,576 places: take a narrower pattern}
 * @ownership{the caller frees it with skep_link_free(), which detaches and does not wait}
 * @kernel{6.6, without .fallback}
 * @caps{CAP_BPF and CAP_PERFMON; CAP_SYS_PTRACE for processes of others}
 */
SKEP_API SKEP_MUST_USE int skep_attach_uprobe_multi(struct skep_link **out,
						    const struct skep_program *program,
						    const char *binary,
						    const struct skep_uprobe_multi_opts *opts);

SKEP_END_DECLS

#endif
