/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_LOOP_H
#define SKEP_LOOP_H
/**
 * @file loop.h
 * Waits for rings, timers, file descriptors, children and signals, and calls you.
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
 *
 * Nobody starves: in each round everybody who is ready is called, and a ring that never gets empty
 * has 4,096 records, before the next round begins.
 */
#include <skep/base.h>
#include <skep/ring.h>

#include <sys/types.h>

SKEP_BEGIN_DECLS

struct skep_bpf_log;

/** An event loop over epoll. One thread at a time, except skep_loop_stop() and skep_loop_post(). */
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
 * Called when a process has ended.
 *
 * @param pid    the process
 * @param status as waitpid() has it: WIFEXITED(status) and so on; -1 when it was no child of this
 *               process, or somebody else has waited for it
 * @param ctx    as given
 * @return 0 to go on, positive to stop the loop, negative to fail
 */
typedef int (*skep_child_fn)(pid_t pid, int status, void *ctx);

/**
 * Work that was deferred or posted.
 * @return 0 to go on, positive to stop the loop, negative to fail
 */
typedef int (*skep_task_fn)(void *ctx);

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
 * Frees a loop; rings that it owns go with it, and signals are as they were. Deferred and posted
 * work that was not done is forgotten. NULL is fine. Not from a callback.
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
 * @err{EBADF, there is no loop, or no ring: make it first}
 * @err{EINVAL, no callback}
 * @err{EEXIST, the ring is in this loop already}
 * @err{EBUSY, a merge or a pool reads it: free that first}
 * @err{ENOMEM, no memory}
 */
SKEP_API SKEP_MUST_USE int skep_loop_add_ring(struct skep_loop *loop, struct skep_ring *ring,
					      skep_record_fn fn, void *ctx);

/**
 * Calls the handler of its type for each record of a tagged ring; see skep_loop_add_tagged().
 *
 * @param loop   the loop
 * @param ring   a reader of skep_tagged_open(); stays the caller's, and must outlive the loop
 * @param tagged the handlers
 * @param ctx    passed to them
 * @return 0 or a negative errno
 * @err{EBADF, there is no loop, or no ring: make it first}
 * @err{EINVAL, no handlers, or not a reader of skep_tagged_open(): open it so}
 * @err{EEXIST, the ring is in this loop already}
 * @err{EBUSY, a merge or a pool reads it: free that first}
 * @err{ENOMEM, no memory}
 */
SKEP_API SKEP_MUST_USE int skep_loop_add_tagged_raw(struct skep_loop *loop, struct skep_ring *ring,
						    const struct skep_tagged *tagged, void *ctx);

/** `skep_loop_add_tagged(loop, files, on_file, ctx)`: see skep_loop_add_tagged_raw(). */
#define skep_loop_add_tagged(loop, handle, name, ctx)                                              \
	skep_loop_add_tagged_raw((loop), (handle).ring, SKEP_TAGGED_FOR_(handle, name), (ctx))

/**
 * Delivers messages from a loop.
 *
 * @param loop the loop
 * @param log  stays the caller's, and must outlive the loop, or be removed by skep_loop_remove(): it
 *             is the one that skep_loop_added() tells
 * @return 0 or a negative errno
 * @err{EBADF, there is no loop, or no reader: make it first}
 * @err{EEXIST, it is in this loop already}
 * @err{EMFILE, too many open files: raise ulimit -n}
 * @err{ENOMEM, no memory}
 */
SKEP_API SKEP_MUST_USE int skep_loop_add_bpf_log(struct skep_loop *loop, struct skep_bpf_log *log);

/**
 * A ring of the loop, for instance to ask skep_ring_stats() of one that the loop owns.
 *
 * @param loop the loop
 * @param name the ring's name
 * @return borrowed, valid as long as the loop; NULL when it has none of that name
 */
SKEP_API struct skep_ring *skep_loop_ring(const struct skep_loop *loop, const char *name);

/**
 * What came and what did not in all rings of the loop together, without those of messages; see
 * skep_loop_ring_stats().
 *
 * @param      loop  the loop
 * @param[out] stats the numbers; see skep_ring_stats()
 * @param      sz    sizeof(struct skep_ring_stats); skep_loop_ring_stats() passes it
 * @return how many rings they are of
 */
SKEP_API unsigned int skep_loop_ring_stats_raw(const struct skep_loop *loop,
					       struct skep_ring_stats *stats, size_t sz);

/**
 * skep_loop_ring_stats_raw() with the caller's size.
 *
 * @param      loop  the loop
 * @param[out] stats the numbers
 * @return how many rings they are of
 */
static inline unsigned int skep_loop_ring_stats(const struct skep_loop *loop,
						struct skep_ring_stats *stats)
{
	return skep_loop_ring_stats_raw(loop, stats, sizeof(*stats));
}

/**
 * Calls `fn` every so often.
 *
 * @param loop      the loop
 * @param period_ns nanoseconds between calls, at least 1
 * @param fn        the callback; `expirations` is 1 unless the loop was late
 * @param ctx       passed to it
 * @return 0 or a negative errno
 * @err{EBADF, there is no loop: make it first}
 * @err{EINVAL, the period is 0, or no callback}
 * @err{EMFILE, too many open files: raise ulimit -n}
 * @err{ENOMEM, no memory}
 */
SKEP_API SKEP_MUST_USE int skep_loop_add_timer(struct skep_loop *loop, uint64_t period_ns,
					       skep_timer_fn fn, void *ctx);

/**
 * Calls `fn` once, after some time.
 *
 * @param loop     the loop
 * @param delay_ns nanoseconds from now; 0: in the next round
 * @param fn       the callback; `expirations` is 1
 * @param ctx      passed to it
 * @return 0 or a negative errno
 * @err{EBADF, there is no loop: make it first}
 * @err{EINVAL, no callback}
 * @err{EMFILE, too many open files: raise ulimit -n}
 * @err{ENOMEM, no memory}
 */
SKEP_API SKEP_MUST_USE int skep_loop_add_delay(struct skep_loop *loop, uint64_t delay_ns,
					       skep_timer_fn fn, void *ctx);

/**
 * Calls `fn` once, at a point in time.
 *
 * @param loop  the loop
 * @param at_ns nanoseconds of skep_now_ns(); when it has passed: in the next round
 * @param fn    the callback; `expirations` is 1
 * @param ctx   passed to it
 * @return 0 or a negative errno
 * @err{EBADF, there is no loop: make it first}
 * @err{EINVAL, no callback}
 * @err{EMFILE, too many open files: raise ulimit -n}
 * @err{ENOMEM, no memory}
 */
SKEP_API SKEP_MUST_USE int skep_loop_add_deadline(struct skep_loop *loop, uint64_t at_ns,
						  skep_timer_fn fn, void *ctx);

/**
 * Calls `fn` once, when a process has ended. The loop waits for it, as waitpid() does: nobody else
 * needs to, nor should. It need not be a child of this process; then its status is not known.
 *
 * @param loop the loop
 * @param pid  the process; one of its threads does not do
 * @param fn   the callback
 * @param ctx  passed to it
 * @return 0 or a negative errno
 * @err{EBADF, there is no loop: make it first}
 * @err{ESRCH, there is no such process: a child that ended is there until somebody waited for it}
 * @err{EINVAL, not the number of a process, or no callback}
 * @err{EOPNOTSUPP, the kernel has no pidfds (5.3): wait in a thread, or for SIGCHLD}
 * @err{EMFILE, too many open files: raise ulimit -n}
 * @err{ENOMEM, no memory}
 * @kernel{5.3}
 */
SKEP_API SKEP_MUST_USE int skep_loop_add_child(struct skep_loop *loop, pid_t pid, skep_child_fn fn,
					       void *ctx);

/**
 * Does something at the end of this round, when all callbacks have returned: for instance what may
 * not be done inside of one. Outside of a round: at the end of the next, which then does not wait.
 * Work that is deferred by deferred work is done a round later. In the order of the calls.
 *
 * @param loop the loop
 * @param fn   the work
 * @param ctx  passed to it
 * @return 0 or a negative errno
 * @err{EBADF, there is no loop: make it first}
 * @err{EINVAL, no callback}
 * @err{ENOMEM, no memory}
 */
SKEP_API SKEP_MUST_USE int skep_loop_defer(struct skep_loop *loop, skep_task_fn fn, void *ctx);

/**
 * Does something in the loop's thread, at the end of the round that it wakes the loop for. In the
 * order of the calls of each thread. The loop must outlive the call.
 *
 * @param loop the loop
 * @param fn   the work
 * @param ctx  passed to it
 * @return 0 or a negative errno
 * @err{EBADF, there is no loop: make it first}
 * @err{EINVAL, no callback}
 * @err{ENOMEM, no memory}
 * @threads{any; not from a signal handler}
 */
SKEP_API SKEP_MUST_USE int skep_loop_post(struct skep_loop *loop, skep_task_fn fn, void *ctx);

/**
 * What was added last, to remove it later.
 *
 * @param loop the loop
 * @return its number, which the loop never uses again; 0 when nothing was added yet
 */
SKEP_API uint64_t skep_loop_added(const struct skep_loop *loop);

/**
 * Whose callback is running, so that it can remove itself.
 *
 * @param loop the loop
 * @return the number as skep_loop_added() had it; 0 outside of callbacks, and in deferred work
 */
SKEP_API uint64_t skep_loop_current(const struct skep_loop *loop);

/**
 * Takes something out of the loop: its callback is not called any more, also not for what is
 * ready already. From callbacks too, its own among them. Afterwards a file descriptor may be closed,
 * and a ring freed; a ring that the loop owns goes at the end of the round. What a ring holds stays
 * there for another reader.
 *
 * @param loop the loop
 * @param id   of skep_loop_added() or skep_loop_current()
 * @return 0 or a negative errno
 * @err{ENOENT, it is not in the loop: it was removed, or was for once and has been called}
 */
SKEP_API int skep_loop_remove(struct skep_loop *loop, uint64_t id);

/**
 * Calls `fn` when a file descriptor is ready, as long as it is (level-triggered).
 *
 * @param loop   the loop
 * @param fd     stays the caller's, and must stay open until it is removed, or the loop freed
 * @param events EPOLLIN and so on
 * @param fn     the callback
 * @param ctx    passed to it
 * @return 0 or a negative errno
 * @err{EINVAL, no callback}
 * @err{EPERM, a kind of file that is always ready, such as a regular one}
 * @err{EBADF, not an open file descriptor, or there is no loop}
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
 * @err{EBADF, there is no loop: make it first}
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
 * @err{EBADF, there is no loop: make it first}
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
 * @param loop the loop; NULL is fine: a handler may be there before it
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

#include <skep/loop/progress.h>

#endif
