/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_ATTACH_ITER_H
#define SKEP_ATTACH_ITER_H
/**
 * @file attach/iter.h
 * Iterators: a program runs for each task, map element, cgroup, socket, ... of the kernel, and what
 * it writes is read as a stream: records (bpf_seq_write()) or text (bpf_seq_printf()). Part of
 * attach.h.
 *
 * @code{.c}
 * struct task {
 *         uint32_t pid, tgid;
 * };
 * SKEP_AUTO(skep_iter) *tasks = NULL;
 * const struct task *task;
 * int err;
 *
 * if (skep_iter_open(&tasks, skep_object_program(object, "each_task"), NULL))
 *         return skep_perror("iter");
 * skep_iter_foreach(tasks, task, &err)
 *         printf("%u\n", task->pid);
 * @endcode
 *
 * Costs: nothing runs until it is read. An iteration is a system call for some 4 KiB of output, and
 * the program for each object (some 100 ns for a task); no consistent picture: what begins and ends
 * meanwhile may be seen or not. Opening makes a link and an iteration, 20 us; skep_iter_restart()
 * makes another iteration of the same link, 5 us.
 */
#include <skep/base.h>

#include <sys/types.h>

SKEP_BEGIN_DECLS

struct skep_link;
struct skep_map;
struct skep_program;

/** An iteration under way. One thread at a time. */
struct skep_iter;

/** In which order cgroups are gone through. */
enum skep_iter_order {
	SKEP_ITER_DESCENDANTS_PRE,  /**< it and all below it, parents first */
	SKEP_ITER_DESCENDANTS_POST, /**< it and all below it, children first */
	SKEP_ITER_ANCESTORS,        /**< it and all above it */
	SKEP_ITER_SELF,             /**< it alone */
};

/** What to go through. Which member counts, is said by the program's section. */
struct skep_iter_opts {
	size_t sz;                  /**< set by SKEP_OPTS() */
	const struct skep_map *map; /**< `iter/bpf_map_elem` and the like: needed there */
	const char *cgroup;         /**< `iter/cgroup`, by path (6.1); default: all */
	enum skep_iter_order order; /**< of cgroups (6.1) */
	int pid;                    /**< `iter/task*`: threads of this process only (6.1) */
	int tid;                    /**< `iter/task*`: this thread only (6.1) */
	size_t buffer_bytes;        /**< for what was read; default: 64 KiB */
};

/**
 * Attaches an iterator. Each skep_iter_open_link() of the link is an iteration; pinned, the link is
 * a file that anybody may `cat`.
 *
 * @param[out] out     the link
 * @param      program of a loaded object, SEC("iter/...")
 * @param      opts    or NULL
 * @return 0 or a negative errno
 * @err{EINVAL, the iterator needs a map and none is given, or the map does not fit the program; members that do not go together, or that this iterator does not go by}
 * @err{ENOENT, no such cgroup}
 * @err{ESRCH, no such process}
 * @err{EPROTOTYPE, not an iterator: put it into SEC("iter/task"); or the path is no cgroup of v2}
 * @err{EACCES, the program reads beyond the map's keys or values}
 * @err{EBADF, the program or the map is not loaded: call skep_object_load() first}
 * @err{EOPNOTSUPP, this kernel has no such iterator, or no such target for it}
 * @err{EPERM, privilege is missing: the hint names the capability}
 * @err{EMFILE, too many open files: raise ulimit -n}
 * @ownership{the caller frees it with skep_link_free()}
 * @kernel{5.8}
 * @caps{CAP_BPF and CAP_PERFMON}
 */
SKEP_API SKEP_MUST_USE int skep_attach_iter(struct skep_link **out,
					    const struct skep_program *program,
					    const struct skep_iter_opts *opts);

/**
 * Attaches an iterator and begins an iteration.
 *
 * @param[out] out     the iteration
 * @param      program of a loaded object, SEC("iter/...")
 * @param      opts    or NULL
 * @return 0 or a negative errno as skep_attach_iter(), and
 * @err{ENOMEM, no memory}
 * @ownership{the caller frees it with skep_iter_free(), which detaches}
 * @kernel{5.8}
 * @caps{CAP_BPF and CAP_PERFMON}
 */
SKEP_API SKEP_MUST_USE int skep_iter_open(struct skep_iter **out,
					  const struct skep_program *program,
					  const struct skep_iter_opts *opts);

/**
 * Begins an iteration of a link that is there already: one's own, pinned, or adopted.
 *
 * @param[out] out  the iteration
 * @param      link of skep_attach_iter(), skep_object_attach() and the like; must outlive the
 *                  iteration
 * @param      opts or NULL; only `.buffer_bytes` counts
 * @return 0 or a negative errno
 * @err{EPROTOTYPE, not the link of an iterator}
 * @err{EMFILE, too many open files: raise ulimit -n}
 * @err{ENOMEM, no memory}
 * @ownership{the caller frees it with skep_iter_free(); the link stays the caller's}
 * @kernel{5.8}
 */
SKEP_API SKEP_MUST_USE int skep_iter_open_link(struct skep_iter **out, const struct skep_link *link,
					       const struct skep_iter_opts *opts);

/**
 * Begins again: the next read is the first of a new iteration.
 *
 * @param iter the iteration
 * @return 0 or a negative errno
 * @err{EMFILE, too many open files: raise ulimit -n}
 * @err{EINVAL, `iter` is NULL: look at what opening it returned}
 */
SKEP_API SKEP_MUST_USE int skep_iter_restart(struct skep_iter *iter);

/**
 * Ends an iteration, and detaches what skep_iter_open() attached. NULL is fine.
 *
 * @param iter the iteration
 */
SKEP_API void skep_iter_free(struct skep_iter *iter);

/**
 * The iteration's file descriptor, for read(2) by yourself.
 *
 * @param iter the iteration
 * @return borrowed; -1 for NULL
 */
SKEP_API int skep_iter_fd(const struct skep_iter *iter);

/**
 * Reads bytes as they come.
 *
 * @param      iter  the iteration
 * @param[out] buf   where to
 * @param      bytes at most so many
 * @param[out] got   how many; 0 is the end
 * @return 0 or a negative errno
 * @err{E2BIG, the program wrote more than 32 KiB for one object: write less}
 * @err{EACCES, the program returned neither 0 nor 1}
 * @err{EINTR, a signal came: call it again}
 */
SKEP_API SKEP_MUST_USE int skep_iter_read(struct skep_iter *iter, void *buf, size_t bytes,
					  size_t *got);

/**
 * Takes the next record; see skep_iter_next().
 *
 * @param      iter   the iteration
 * @param[out] record where it is, aligned for any type; valid until the next call
 * @param      bytes  its size
 * @return 0 or a negative errno as skep_iter_read(), and
 * @err{ENODATA, there are no more}
 * @err{EBADMSG, the stream ended inside of a record: the program writes others than these}
 * @err{EINVAL, records of no size, or larger than the buffer}
 */
SKEP_API SKEP_MUST_USE int skep_iter_next_raw(struct skep_iter *iter, const void **record,
					      size_t bytes);

/**
 * Takes the next line of text.
 *
 * @param      iter the iteration
 * @param[out] line without its newline; valid until the next call
 * @return 0 or a negative errno as skep_iter_read(), and
 * @err{ENODATA, there are no more}
 * @err{EMSGSIZE, a line longer than the buffer: open with a larger `.buffer_bytes`}
 */
SKEP_API SKEP_MUST_USE int skep_iter_line(struct skep_iter *iter, const char **line);

/**
 * Takes the next record for skep_iter_foreach(): that there are no more is an end, and no failure.
 *
 * @param      iter  the iteration
 * @param      bytes its size
 * @param[out] err   0, or a negative errno as skep_iter_next_raw(), without ENODATA
 * @return the record, valid until the next call; NULL at the end, or on failure
 */
SKEP_API const void *skep_iter_each_raw(struct skep_iter *iter, size_t bytes, int *err);

SKEP_END_DECLS

SKEP_DEFINE_FREEP(skep_iter);

/** `skep_iter_next(tasks, &task)` with `const struct task *task`: see skep_iter_next_raw(). */
#define skep_iter_next(iter, record)                                                               \
	skep_iter_next_raw((iter), (const void **)(record), sizeof(**(record)))

/**
 * A loop over the records: `skep_iter_foreach(tasks, task, &err)` with `const struct task *task`.
 * After the loop `*err` is 0, or a negative errno as of skep_iter_next_raw().
 */
#define skep_iter_foreach(iter, record, err)                                                       \
	while (((record) =                                                                         \
			(__typeof__(record))skep_iter_each_raw((iter), sizeof(*(record)), (err))))

#endif
