/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_RINGS_POOL_H
#define SKEP_RINGS_POOL_H
/**
 * @file rings/pool.h
 * Threads that read many rings at once, each ring by one of them. Part of rings.h.
 *
 * @code{.c}
 * typedef SKEP_RINGS(struct exec_event) exec_rings;
 *
 * int count_record(const void *record, size_t bytes, void *ctx);
 *
 * exec_rings events;
 * struct skep_pool *pool = NULL;
 *
 * if (skep_rings_open(&events, object, "events", NULL) ||
 *     skep_pool_start(&pool, events.rings, 0, count_record, NULL) ||
 *     skep_pool_join(pool))                               // until somebody calls skep_pool_stop()
 *         return skep_perror("events");
 * skep_pool_free(pool);
 * skep_rings_free(events.rings);
 * @endcode
 *
 * For handlers that are more work than one processor can do. Records of one ring come in its order,
 * one at a time; those of different rings at the same time. A thread that has nothing to do sleeps.
 */
#include <skep/rings.h>

SKEP_BEGIN_DECLS

/** Threads that read rings. */
struct skep_pool;

/**
 * Starts threads that call `fn` for each record of the rings. Signals are not delivered to them.
 *
 * @param[out] out     the pool
 * @param      rings   stay the caller's, and must outlive the pool; nobody else reads them, or asks
 *                     for their numbers, until it is joined
 * @param      threads how many; 0: one for each processor. No more than there are rings
 * @param      fn      called by several threads at once, though never for the same ring. What it
 *                     fails with stops the pool, and is what skep_pool_join() returns; a positive
 *                     number stops it too
 * @param      ctx     passed to it; see skep_pool_thread() for data of each thread
 * @return 0 or a negative errno
 * @err{EINVAL, no callback}
 * @err{EBADF, there are no rings: open them first}
 * @err{EBUSY, a merge or a pool reads one of the rings: free that first}
 * @err{EAGAIN, no more threads are allowed: raise ulimit -u, or ask for fewer}
 * @err{EMFILE, too many open files, three for each thread: raise ulimit -n}
 * @err{ENOMEM, no memory}
 * @ownership{the caller frees it with skep_pool_free()}
 */
SKEP_API SKEP_MUST_USE int skep_pool_start(struct skep_pool **out, struct skep_rings *rings,
					   unsigned int threads, skep_record_fn fn, void *ctx);

/**
 * Makes the threads end, when they have delivered what is in the rings at that moment. Does not
 * wait for them.
 *
 * @param pool the pool
 * @threads{any, also those of the pool; also from a signal handler}
 */
SKEP_API void skep_pool_stop(struct skep_pool *pool);

/**
 * Waits until all threads have ended. Then the rings are the caller's again.
 *
 * @param pool the pool
 * @return 0, or what a thread failed with first, with its words
 * @err{EBADMSG, a ring held a record of a size that does not fit, and nobody listens to losses}
 * @err{EBADF, there is no pool: start it first}
 * @err{EDEADLK, called by a thread of the pool, which cannot wait for itself}
 * @threads{one at a time, and none of the pool}
 */
SKEP_API SKEP_MUST_USE int skep_pool_join(struct skep_pool *pool);

/**
 * Stops the threads, waits for them, and frees the pool. NULL is fine.
 *
 * @param pool the pool
 * @threads{one at a time, and none of the pool}
 */
SKEP_API void skep_pool_free(struct skep_pool *pool);

/**
 * How many threads there are.
 *
 * @param pool the pool
 * @return at least 1; 0 when there is no pool
 * @threads{any}
 */
SKEP_API unsigned int skep_pool_threads(const struct skep_pool *pool);

/**
 * Which thread of its pool this is, for a handler that has data for each thread.
 *
 * @return from 0, less than skep_pool_threads(); 0 in threads that are of no pool
 * @threads{any}
 */
SKEP_API unsigned int skep_pool_thread(void);

SKEP_END_DECLS

SKEP_DEFINE_FREEP(skep_pool);

#endif
