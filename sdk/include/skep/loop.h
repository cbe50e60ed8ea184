/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_LOOP_H
#define SKEP_LOOP_H
/**
 * @file loop.h
 * Waits for rings, timers, file descriptors and signals, and calls you.
 *
 * @code{.c}
 * SKEP_AUTO(skep_loop) *loop = NULL;
 *
 * if (skep_loop_new(&loop, SKEP_OPTS(skep_loop_opts, .signals = true)) ||
 *     skep_loop_add_timer(loop, SKEP_SECOND, on_second, NULL) ||
 *     skep_loop_run(loop))                                 // until Ctrl-C
 *         return skep_perror("loop");
 * @endcode
 *
 * Every callback says how to go on: 0 on, positive stop, negative fail. skep_loop_run() returns
 * what a callback failed with, and skep_error_last() has the callback's words, or says which
 * handler returned what.
 */
#include <skep/base.h>
#include <skep/ring.h>

SKEP_BEGIN_DECLS

/** An event loop over epoll. One thread at a time, except skep_loop_stop(). */
struct skep_loop;

#define SKEP_MILLISECOND UINT64_C(1000000)    /**< in nanoseconds */
#define SKEP_SECOND      UINT64_C(1000000000) /**< in nanoseconds */

/** How a loop behaves. */
struct skep_loop_opts {
	size_t sz;    /**< set by SKEP_OPTS() */
	bool signals; /**< SIGINT and SIGTERM end skep_loop_run(), which then returns 0. A second one
			   ends the process. Ignored signals stay ignored. One loop of a process */
};

/**
 * Called when a timer fires.
 * @return 0 to go on, positive to stop the loop, negative to fail
 */
typedef int (*skep_timer_fn)(uint64_t expirations, void *ctx);

/**
 * Called when a file descriptor is ready; `events` are epoll's.
 * @return 0 to go on, positive to stop the loop, negative to fail
 */
typedef int (*skep_fd_fn)(int fd, uint32_t events, void *ctx);

/**
 * Makes a loop.
 *
 * @param[out] out  the loop
 * @param      opts or NULL
 * @return 0 or a negative errno
 * @err{EBUSY, `.signals`, and another loop of this process has them: let one loop have them}
 * @err{EMFILE, too many open files: raise ulimit -n}
 * @err{ENOMEM, no memory}
 * @ownership{the caller frees it with skep_loop_free()}
 * @threads{one at a time per loop}
 */
SKEP_API SKEP_MUST_USE int skep_loop_new(struct skep_loop **out, const struct skep_loop_opts *opts);

/**
 * Frees a loop; rings that it owns go with it, and signals are as they were. NULL is fine.
 *
 * @param loop the loop
 */
SKEP_API void skep_loop_free(struct skep_loop *loop);

/**
 * Calls `fn` for each record of a ring.
 *
 * @param loop the loop
 * @param ring stays the caller's, and must outlive the loop
 * @param fn   the callback
 * @param ctx  passed to it
 * @return 0 or a negative errno
 * @err{EEXIST, the ring is in this loop already}
 * @err{ENOMEM, no memory}
 */
SKEP_API SKEP_MUST_USE int skep_loop_add_ring(struct skep_loop *loop, struct skep_ring *ring,
					      skep_record_fn fn, void *ctx);

/**
 * A ring of the loop, for instance to ask skep_ring_stats() of one that the loop owns.
 *
 * @param loop the loop
 * @param name the ring's name
 * @return borrowed, valid as long as the loop; NULL when it has none of that name
 */
SKEP_API struct skep_ring *skep_loop_ring(const struct skep_loop *loop, const char *name);

/**
 * Calls `fn` every so often.
 *
 * @param loop      the loop
 * @param period_ns nanoseconds between calls, at least 1
 * @param fn        the callback; `expirations` is 1 unless the loop was late
 * @param ctx       passed to it
 * @return 0 or a negative errno
 * @err{EINVAL, the period is 0}
 * @err{EMFILE, too many open files: raise ulimit -n}
 * @err{ENOMEM, no memory}
 */
SKEP_API SKEP_MUST_USE int skep_loop_add_timer(struct skep_loop *loop, uint64_t period_ns,
					       skep_timer_fn fn, void *ctx);

/**
 * Calls `fn` when a file descriptor is ready, as long as it is (level-triggered).
 *
 * @param loop   the loop
 * @param fd     stays the caller's, and must stay open as long as the loop
 * @param events EPOLLIN and so on
 * @param fn     the callback
 * @param ctx    passed to it
 * @return 0 or a negative errno
 * @err{EPERM, a kind of file that is always ready, such as a regular one}
 * @err{EBADF, not an open file descriptor}
 * @err{EEXIST, it is in the loop already}
 * @err{ENOMEM, no memory}
 */
SKEP_API SKEP_MUST_USE int skep_loop_add_fd(struct skep_loop *loop, int fd, uint32_t events,
					    skep_fd_fn fn, void *ctx);

/**
 * Runs until a callback returns non-zero, skep_loop_stop(), or a signal if asked. After a stop or
 * a signal, what is in the rings at that moment is delivered first.
 *
 * @param loop the loop
 * @return 0, or a negative errno: a callback's, or
 * @err{EBADMSG, a ring holds a record of the wrong size: both sides need the same struct}
 */
SKEP_API SKEP_MUST_USE int skep_loop_run(struct skep_loop *loop);

/**
 * Waits once, and delivers what is ready.
 *
 * @param loop       the loop
 * @param timeout_ms how long to wait: 0 not at all, -1 for ever
 * @return 0 when something was delivered or the loop was told to stop, or a negative errno as
 *         skep_loop_run(), and
 * @err{ETIMEDOUT, nothing came in time}
 */
SKEP_API SKEP_MUST_USE int skep_loop_step(struct skep_loop *loop, int timeout_ms);

/**
 * Delivers what the loop's rings hold now, and nothing that comes later. After the programs are
 * detached this is the last of it.
 *
 * @param loop the loop
 * @return 0, or a negative errno as skep_loop_run()
 */
SKEP_API SKEP_MUST_USE int skep_loop_drain(struct skep_loop *loop);

/**
 * Makes skep_loop_run() return 0.
 *
 * @param loop the loop
 * @threads{any; also from a signal handler}
 */
SKEP_API void skep_loop_stop(struct skep_loop *loop);

/**
 * The signal that ended the loop.
 *
 * @param loop the loop
 * @return SIGINT or SIGTERM; 0 when it was none
 */
SKEP_API int skep_loop_signal(const struct skep_loop *loop);

SKEP_END_DECLS

SKEP_DEFINE_FREEP(skep_loop);

#endif
