/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_LINK_H
#define SKEP_LINK_H
/**
 * @file link.h
 * A program at its hook, once it is there. How it gets there is attach.h's.
 *
 * @code{.c}
 * struct skep_program *program = skep_object_program(object, "filter");
 * SKEP_AUTO(skep_link) *link = NULL;
 *
 * if (skep_link_open_pinned(&link, "/sys/fs/bpf/filter")) {            // not there yet
 *         if (skep_attach_xdp(&link, program, "eth0", NULL) ||
 *             skep_link_pin(link, "/sys/fs/bpf/filter"))
 *                 return skep_perror("filter");
 * } else if (skep_link_update(link, program, NULL)) {                  // there: without a gap
 *         return skep_perror("filter");
 * }
 * @endcode
 *
 * What ends it:
 *
 * - skep_link_free() detaches, unless it is pinned or another process has it too: then it stays,
 *   and only this handle goes.
 * - The kernel detaches when the process ends, however that happens, `kill -9` too. What is pinned
 *   stays, until it is unpinned (skep_link_unpin(), `rm`) and nobody has it open.
 * - After fork() both processes have it: it stays until both have ended, or closed it.
 * - skep_link_detach() ends it at once, pinned or not, where the kernel can.
 * - When what it hangs on goes (an interface, a cgroup, a network namespace), the link stays as an
 *   empty shell, which skep_link_info() tells. Free it.
 *
 * Filters of tc and options of sockets are no links of the kernel: they have no file descriptor
 * and no pin, and their helpers say what becomes of them when the process is killed.
 *
 * Freeing costs what the kernel takes: 0.1 ms for a raw tracepoint, 70 ms for a perf event, and
 * up to 200 ms for a single uprobe.
 */
#include <skep/base.h>

struct bpf_link;

SKEP_BEGIN_DECLS

struct skep_program;

/** A program at its hook. One thread at a time. */
struct skep_link;

/**
 * The program's link made by skep_object_attach().
 *
 * @param program the program
 * @return borrowed from the object; NULL when not attached
 */
SKEP_API struct skep_link *skep_program_link(const struct skep_program *program);

/**
 * Detaches and frees; what is pinned stays attached. NULL is fine.
 *
 * @param link the link
 */
SKEP_API void skep_link_free(struct skep_link *link);

/**
 * Which way the program was attached: `"kprobe.multi"` or `"kprobe"`, `"tcx"` or `"clsact"`. Where
 * a helper was allowed to fall back, this is what it took.
 *
 * @param link the link
 * @return a word or two, for people; static; `none` for NULL
 */
SKEP_API const char *skep_link_way(const struct skep_link *link);

/**
 * The link's file descriptor.
 *
 * @param link the link
 * @return borrowed; -1 where the kernel has none for it, as for a filter in a qdisc, where it is
 *         several links at once, and for NULL
 */
SKEP_API int skep_link_fd(const struct skep_link *link);

/**
 * libbpf's side of the link.
 *
 * @param link the link
 * @return borrowed; NULL where skep made the link itself
 */
SKEP_API struct bpf_link *skep_link_libbpf(const struct skep_link *link);

/**
 * Makes a link of the kernel's, which somebody else made, one of skep's.
 *
 * @param[out] out the link
 * @param      fd  a link's file descriptor; it stays the caller's, and is duplicated
 * @return 0 or a negative errno
 * @err{EBADF, `fd` is not open: check what made it}
 * @err{EINVAL, `fd` is something else: the message says what}
 * @err{EMFILE, too many open files: raise ulimit -n}
 * @err{ENOMEM, no memory}
 * @ownership{the caller frees it with skep_link_free()}
 * @threads{any}
 * @kernel{5.8}
 */
SKEP_API SKEP_MUST_USE int skep_link_adopt_fd(struct skep_link **out, int fd);

/**
 * Takes over a link of libbpf's: from now on skep_link_free() destroys it.
 *
 * @param[out] out    the link
 * @param      source what bpf_program__attach() and its like return; on failure it stays the
 *                    caller's
 * @return 0 or a negative errno
 * @err{EINVAL, `source` is NULL: check what attaching returned}
 * @err{ENOMEM, no memory}
 * @ownership{the caller frees it with skep_link_free()}
 * @threads{any}
 */
SKEP_API SKEP_MUST_USE int skep_link_adopt_libbpf(struct skep_link **out, struct bpf_link *source);

/**
 * Pins a link: the program stays attached, also without a process. Several links at once (many
 * probes) become a folder of that name with one pin for each.
 *
 * @param link the link; from now on skep_link_free() leaves it attached
 * @param path a new name in a folder of a BPF file system; folders above it are not made
 * @return 0 or a negative errno
 * @err{EEXIST, there is something by that name: skep_link_open_pinned() opens it, or choose another}
 * @err{ENOENT, there is no such folder: make it; the hint has the command}
 * @err{EINVAL, not in a BPF file system, or a name with a dot: the hint has the mount command}
 * @err{EROFS, the file system is mounted read-only: the hint has the command that remounts it}
 * @err{EPERM, no privilege: run as root or with CAP_BPF and the right to write the folder}
 * @err{EOPNOTSUPP, it has no link in the kernel that could be pinned: the message says what it is}
 * @err{EBADF, `link` is NULL, or somebody closed its file descriptor: look at what attaching returned}
 * @threads{one at a time per link}
 * @kernel{5.8}
 */
SKEP_API SKEP_MUST_USE int skep_link_pin(struct skep_link *link, const char *path);

/**
 * Removes a pin, if it is one of this link. The program stays attached while the link is there.
 *
 * @param link the link
 * @param path where it is pinned
 * @return 0 or a negative errno
 * @err{ENOENT, nothing is pinned there: check the path}
 * @err{EINVAL, what is there is not this link: it is left; the message tells what it is}
 * @err{EROFS, the file system is mounted read-only: the hint has the command that remounts it}
 * @err{EPERM, no privilege: run as root or with the right to write the folder}
 * @err{EBADF, `link` is NULL, or somebody closed its file descriptor: look at what attaching returned}
 * @threads{one at a time per link}
 * @kernel{5.8}
 */
SKEP_API SKEP_MUST_USE int skep_link_unpin(struct skep_link *link, const char *path);

/**
 * Opens a link that is pinned, by this program before it was started again, or by another.
 *
 * @param[out] out  the link
 * @param      path where it is pinned; or the folder that skep_link_pin() made of several
 * @return 0 or a negative errno
 * @err{ENOENT, nothing is pinned there: attach and pin it}
 * @err{EINVAL, what is there is not a link: the message tells what it is}
 * @err{EPERM, no privilege: run as root or with CAP_BPF}
 * @err{EMFILE, too many open files: raise ulimit -n}
 * @err{ENOMEM, no memory}
 * @ownership{the caller frees it with skep_link_free(); the pin stays}
 * @threads{any}
 * @kernel{5.8}
 */
SKEP_API SKEP_MUST_USE int skep_link_open_pinned(struct skep_link **out, const char *path);

/** What must be so for an update to happen. */
struct skep_link_update_opts {
	size_t sz;                    /**< set by SKEP_OPTS() */
	uint32_t expected_program_id; /**< which program must be there now; 0: any */
};

/**
 * Puts another program into a link's place, without a moment in which none or both are there.
 *
 * @param link    the link; of several links all are updated, or none
 * @param program of a loaded object, of the same type
 * @param opts    or NULL
 * @return 0 or a negative errno; on failure the old program is there
 * @err{EOPNOTSUPP, the kernel cannot update this kind of link: attach the new one, then free this}
 * @err{EPROTOTYPE, the programs are of different types: the message names both}
 * @err{EBUSY, another program is there than the one expected: somebody updated it; look again}
 * @err{EBADF, the program is not loaded, or `link` is NULL or was closed: the message says which}
 * @err{EINVAL, `program` is NULL: the object has none of that name}
 * @err{ENOLINK, what the link hung on is gone: free it, and attach anew}
 * @err{EPERM, no privilege: run as root or with CAP_BPF}
 * @threads{one at a time per link}
 * @kernel{5.8}
 */
SKEP_API SKEP_MUST_USE int skep_link_update(struct skep_link *link,
					    const struct skep_program *program,
					    const struct skep_link_update_opts *opts);

/**
 * Detaches at once, also what is pinned or open in other processes. The link remains, as an empty
 * shell, until it is freed and unpinned.
 *
 * @param link the link
 * @return 0 or a negative errno
 * @err{EOPNOTSUPP, the kernel cannot for this kind: unpin it, and free it wherever it is open}
 * @err{EPERM, no privilege: run as root or with CAP_BPF}
 * @err{EBADF, `link` is NULL, or somebody closed its file descriptor: look at what attaching returned}
 * @threads{one at a time per link}
 * @kernel{5.9}
 */
SKEP_API SKEP_MUST_USE int skep_link_detach(struct skep_link *link);

/** What is known of a link. Members are only ever added, at the end. */
struct skep_link_info {
	size_t sz;           /**< set it to sizeof(struct skep_link_info) before the call */
	const char *kind;    /**< what it is to the kernel: `xdp`, `perf event`; static */
	const char *way;     /**< as skep_link_way() */
	uint32_t id;         /**< the kernel's number of the link; 0: it is none of the kernel's */
	uint32_t program_id; /**< the kernel's number of the program; 0: not known */
	uint32_t count;      /**< of how many links it consists: 1, or more */
	uint32_t interface;  /**< index of the network interface; 0: none */
	uint64_t cgroup_id;  /**< of the cgroup; 0: none */
	bool is_gone;        /**< it is an empty shell: detached, or what it hung on is gone */
	bool is_pinned;      /**< skep_link_pin() or skep_link_open_pinned() knows of a pin */
	char hook[256];      /**< where it hangs, in words; empty where the kernel does not say */
};

/**
 * Tells what a link is. Of several links at once it tells the first, and how many there are.
 * It asks the kernel, and may read its types: not for a hot path.
 *
 * @param         link any link
 * @param[in,out] info `sz` is read, and as much as it says is written
 * @return 0 or a negative errno
 * @err{EINVAL, `info` is NULL, or its `sz` was not set: see above}
 * @err{EBADF, `link` is NULL, or somebody closed its file descriptor: look at what attaching returned}
 * @threads{one at a time per link}
 */
SKEP_API SKEP_MUST_USE int skep_link_info(const struct skep_link *link,
					  struct skep_link_info *info);

SKEP_END_DECLS

SKEP_DEFINE_FREEP(skep_link);

#endif
