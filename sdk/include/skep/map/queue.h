/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_MAP_QUEUE_H
#define SKEP_MAP_QUEUE_H
/**
 * @file skep/map/queue.h
 * Queues and stacks: values without keys, pushed and popped by programs and by user space. Part
 * of map.h.
 *
 * @code{.c}
 * struct job {
 *         __u32 id;
 * };
 * typedef SKEP_QUEUE(struct job) job_queue;
 *
 * job_queue jobs;
 * struct job job;
 *
 * if (skep_map_open(&jobs, object, "jobs"))
 *         return skep_perror("jobs");
 * while (!skep_queue_pop(jobs, &job))
 *         printf("%u\n", job.id);
 * @endcode
 *
 * A queue gives the oldest value first, a stack the newest. Each call is one system call.
 */
#include <skep/map/handle.h>

SKEP_BEGIN_DECLS

/** What skep_queue_push_with() does when the queue is full. */
enum skep_push {
	SKEP_PUSH_ANY,   /**< E2BIG */
	SKEP_PUSH_EVICT, /**< the oldest value makes room: of a stack too */
};

/**
 * Adds a value; see skep_queue_push().
 *
 * @param map   a queue or a stack
 * @param value the value
 * @param how   what happens when it is full
 * @return 0 or a negative errno
 * @err{E2BIG, the queue is full: pop, push with SKEP_PUSH_EVICT, or make it larger before load}
 * @err{EINVAL, `how` is not an enum skep_push}
 * @err{EBADF, there is no map: open the handle first}
 * @err{EPROTOTYPE, not a queue or a stack: the hint says what its handle is}
 * @err{EBUSY, somebody held its lock: try again}
 * @err{EPERM, the map may not be written from user space}
 * @threads{any, also at once}
 * @kernel{4.20}
 */
SKEP_API SKEP_MUST_USE int skep_queue_push_raw(const struct skep_map *map, const void *value,
					       enum skep_push how);

/**
 * Takes the next value out; see skep_queue_pop().
 *
 * @param      map   a queue or a stack
 * @param[out] value where it goes; untouched on failure
 * @return 0 or a negative errno
 * @err{ENOENT, the queue is empty}
 * @err{EBADF, there is no map: open the handle first}
 * @err{EPROTOTYPE, not a queue or a stack: the hint says what its handle is}
 * @err{EBUSY, somebody held its lock: try again}
 * @err{EPERM, the map may not be written from user space}
 * @threads{any, also at once: each value goes to one of them}
 * @kernel{4.20}
 */
SKEP_API SKEP_MUST_USE int skep_queue_pop_raw(const struct skep_map *map, void *value);

/**
 * Copies the next value and leaves it; see skep_queue_peek().
 *
 * @param      map   a queue or a stack
 * @param[out] value where it goes; untouched on failure
 * @return 0 or a negative errno
 * @err{ENOENT, the queue is empty}
 * @err{EBADF, there is no map: open the handle first}
 * @err{EPROTOTYPE, not a queue or a stack: the hint says what its handle is}
 * @err{EBUSY, somebody held its lock: try again}
 * @err{EPERM, the map may not be read from user space}
 * @threads{any, also at once}
 * @kernel{4.20}
 */
SKEP_API SKEP_MUST_USE int skep_queue_peek_raw(const struct skep_map *map, void *value);

SKEP_END_DECLS

/** A queue or a stack of values V: `typedef SKEP_QUEUE(struct job) job_queue;` */
#define SKEP_QUEUE(V) SKEP_HANDLE_(SKEP_ACCESS_QUEUE, struct skep_no_key_, V)

#define SKEP_QUEUE_(m)                                                                             \
	SKEP_MAP_WHERE_(m, SKEP_IS_(m, SKEP_ACCESS_QUEUE),                                         \
			"skep: this call is for queues and stacks, SKEP_QUEUE()")

/** `skep_queue_push(jobs, &job)`; E2BIG when it is full: see skep_queue_push_raw(). */
#define skep_queue_push(handle, v) skep_queue_push_with(handle, v, SKEP_PUSH_ANY)

/** skep_queue_push() that says what happens when the queue is full. */
#define skep_queue_push_with(handle, v, how)                                                       \
	skep_queue_push_raw(SKEP_QUEUE_(handle), SKEP_VALUE_(handle, v), (how))

/** `skep_queue_pop(jobs, &job)`; ENOENT when it is empty: see skep_queue_pop_raw(). */
#define skep_queue_pop(handle, v) skep_queue_pop_raw(SKEP_QUEUE_(handle), SKEP_VALUE_(handle, v))

/** `skep_queue_peek(jobs, &job)`; ENOENT when it is empty: see skep_queue_peek_raw(). */
#define skep_queue_peek(handle, v) skep_queue_peek_raw(SKEP_QUEUE_(handle), SKEP_VALUE_(handle, v))

#endif
