/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_LOG_READER_H
#define SKEP_BPF_LOG_READER_H
/**
 * @file bpf_log.h
 * Messages that BPF programs write with skep_info() and the like (bpf/log.h), as text.
 *
 * A loop delivers them, to who listens by skep_log_set() or to a callback of one's own:
 *
 * @code{.c}
 * static void on_log(enum skep_log_level level, const char *line)
 * {
 *         fprintf(stderr, "%d %s\n", level, line);
 * }
 *
 * SKEP_AUTO(skep_bpf_log) *log = NULL;
 *
 * skep_log_set(on_log, SKEP_LOG_DEBUG);
 * if (skep_bpf_log_open(&log, object, SKEP_OPTS(skep_bpf_log_opts, .level = SKEP_LOG_DEBUG)) ||
 *     skep_loop_add_bpf_log(loop, log))
 *         return skep_perror("log");
 * @endcode
 *
 * Programs write nothing before a reader is open: open it before they are attached. The level may be
 * changed at any time. What did not fit into the ring, and what was more than a place in the source
 * may write in a second, is told by messages of level SKEP_LOG_WARN, within a second or so.
 *
 * Text is made here, when a message is read: 0.3 us and more for each. Records are not trusted: one that does
 * not fit the object's types is told as such, and letters that would confuse a terminal are escaped.
 */
#include <skep/base.h>
#include <skep/log.h>

SKEP_BEGIN_DECLS

struct skep_object;

/** A reader of one object's messages. One thread at a time, and one reader per object. */
struct skep_bpf_log;

/** One message. Its texts are valid during the call. */
struct skep_bpf_message {
	enum skep_log_level level; /**< SKEP_LOG_ERROR to SKEP_LOG_TRACE */
	const char *object;        /**< the object's name */
	const char *file;  /**< where it was written, without folders; "" where nobody knows */
	unsigned int line; /**< there; 0 where nobody knows */
	unsigned int cpu;  /**< the processor that it was written on */
	uint64_t time_ns;  /**< when, by CLOCK_MONOTONIC; of a burst, up to a tick before */
	const char *text;  /**< one line, without a newline; at most 16 KiB, then cut by "..." */
};

/** Called for each message. */
typedef void (*skep_bpf_log_fn)(const struct skep_bpf_message *message, void *ctx);

/** What is wanted of the messages. */
struct skep_bpf_log_opts {
	size_t sz;                 /**< set by SKEP_OPTS() */
	enum skep_log_level level; /**< the most detailed level; SKEP_LOG_OFF: the one that
					is set, SKEP_LOG_INFO where none is */
	skep_bpf_log_fn fn;        /**< who gets them; NULL: who listens by skep_log_set(), as
					"object: text" */
	void *ctx;                 /**< passed to it */
	uint32_t per_second;       /**< of each place in the source, so many in a second; 0: as the
					program says, 1,000 if it says nothing */
	bool unlimited;            /**< all of them; before `per_second` */
};

/** What came, and what did not. */
struct skep_bpf_log_stats {
	uint64_t delivered;  /**< messages read, those that tell of others not among them */
	uint64_t dropped;    /**< messages that did not fit into the ring */
	uint64_t suppressed; /**< messages that were more than `per_second` */
	uint64_t bad;        /**< records that fit no message of the object */
};

/**
 * Whether an object's programs may write messages.
 *
 * @param object opened or loaded
 * @return whether it was made with bpf/log.h, and SKEP_LOG_LEVEL is not SKEP_LOG_OFF
 */
SKEP_API bool skep_object_has_log(const struct skep_object *object);

/**
 * Sets the most detailed level that an object's programs write, also while they run. A reader that
 * is opened later keeps it, unless it is asked for another.
 *
 * @param object opened or loaded
 * @param level  SKEP_LOG_OFF to SKEP_LOG_TRACE
 * @return 0 or a negative errno
 * @err{ENOENT, its programs write no messages: include <skep/bpf/log.h> there}
 * @err{EINVAL, not a level, or no object}
 * @err{EOPNOTSUPP, the kernel does not map variables (5.5): set it before the load}
 * @threads{one at a time per object}
 */
SKEP_API SKEP_MUST_USE int skep_object_set_log_level(const struct skep_object *object,
						     enum skep_log_level level);

/**
 * Opens a reader, and has the programs write.
 *
 * @param[out] out    the reader
 * @param      object a loaded object; the reader stays valid without it
 * @param      opts   or NULL
 * @return 0 or a negative errno
 * @err{ENOENT, its programs write no messages: include <skep/bpf/log.h> there}
 * @err{EBADF, the object is not loaded yet: call skep_object_load() first}
 * @err{EINVAL, there is no object, `.level` is no level, or `opts` was not made with SKEP_OPTS()}
 * @err{EBADMSG, what the object tells of its messages is damaged: compile it again}
 * @err{E2BIG, `opts` has members that this version of skep does not know: update the library}
 * @err{EPERM, the ring may not be mapped: run with the privilege that loaded it}
 * @err{EMFILE, too many open files: raise ulimit -n}
 * @err{ENOMEM, no memory}
 * @ownership{the caller frees it with skep_bpf_log_free()}
 * @threads{one at a time per reader}
 * @kernel{5.8}
 */
SKEP_API SKEP_MUST_USE int skep_bpf_log_open(struct skep_bpf_log **out,
					     const struct skep_object *object,
					     const struct skep_bpf_log_opts *opts);

/**
 * Delivers what waits, has the programs write no more, and frees the reader. NULL is fine. Not from
 * the callback. A child of fork() frees its copy only.
 *
 * @param log the reader
 */
SKEP_API void skep_bpf_log_free(struct skep_bpf_log *log);

/**
 * Changes the most detailed level that is written.
 *
 * @param log   the reader
 * @param level SKEP_LOG_OFF to SKEP_LOG_TRACE
 * @return 0 or a negative errno
 * @err{EINVAL, not a level}
 * @err{EBADF, there is no reader: open it first}
 * @threads{one at a time per reader}
 */
SKEP_API SKEP_MUST_USE int skep_bpf_log_set_level(struct skep_bpf_log *log,
						  enum skep_log_level level);

/**
 * Delivers all messages that are there; waits for one where there is none.
 *
 * @param log        the reader
 * @param timeout_ms how long to wait: 0 not at all, -1 for ever
 * @return how many were delivered, or a negative errno
 * @err{EAGAIN, none is there, and timeout_ms is 0}
 * @err{ETIMEDOUT, none came in time}
 * @err{EINTR, a signal came while waiting}
 * @err{EBADF, there is no reader: open it first}
 * @err{EBUSY, called from its own callback}
 * @threads{one at a time per reader}
 */
SKEP_API SKEP_MUST_USE int skep_bpf_log_read(struct skep_bpf_log *log, int timeout_ms);

/**
 * A file descriptor for an event loop of yours: readable when it is time for skep_bpf_log_read().
 *
 * @param log the reader
 * @return borrowed; -1 when there are too many open files, or there is no reader
 */
SKEP_API int skep_bpf_log_fd(const struct skep_bpf_log *log);

/**
 * What came, and what did not; see skep_bpf_log_stats().
 *
 * @param      log   the reader
 * @param[out] stats the numbers
 * @param      sz    sizeof(struct skep_bpf_log_stats); skep_bpf_log_stats() passes it
 * @threads{one at a time per reader}
 */
SKEP_API void skep_bpf_log_stats_raw(const struct skep_bpf_log *log,
				     struct skep_bpf_log_stats *stats, size_t sz);

/**
 * skep_bpf_log_stats_raw() with the caller's size.
 *
 * @param      log   the reader
 * @param[out] stats the numbers
 */
static inline void skep_bpf_log_stats(const struct skep_bpf_log *log,
				      struct skep_bpf_log_stats *stats)
{
	skep_bpf_log_stats_raw(log, stats, sizeof(*stats));
}

SKEP_END_DECLS

SKEP_DEFINE_FREEP(skep_bpf_log);

#endif
