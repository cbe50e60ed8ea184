/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_RINGS_H
#define SKEP_RINGS_H
/**
 * @file rings.h
 * Many rings read as one: those of SKEP_RINGBUF_PER_CPU() and SKEP_RINGBUF_SHARDS(), or any others.
 *
 * @code{.c}
 * typedef SKEP_RINGS(struct exec_event) exec_rings;
 *
 * exec_rings events;
 * int err;
 *
 * if (skep_rings_open(&events, object, "events", NULL))
 *         return skep_perror("events");
 * skep_rings_foreach(events, e, 1000, &err)                // until a second passes without one
 *         printf("%u %s\n", e->pid, e->comm);
 * skep_rings_free(events.rings);
 * @endcode
 *
 * Records are read where the kernel wrote them, as from one ring (ring.h): in the order of each
 * ring, and from each ring in its turn. For the order in time see merge.h; for a thread for each
 * ring rings/pool.h. A record costs what it costs from one ring.
 */
#include <skep/ring.h>

SKEP_BEGIN_DECLS

/** Readers of many rings. One thread at a time. */
struct skep_rings;

struct skep_loop;

/** Rings of records T: `typedef SKEP_RINGS(struct exec_event) exec_rings;` */
#define SKEP_RINGS(T)                                                                              \
	union {                                                                                    \
		struct skep_rings *rings;                                                          \
		__typeof__(T) *type;                                                               \
	}

/**
 * Whether a map is an array of rings, as SKEP_RINGBUF_PER_CPU() and SKEP_RINGBUF_SHARDS() declare.
 *
 * @param      object opened or loaded
 * @param      name   the map's name
 * @param[out] count  how many rings it has here; NULL if not wanted; untouched otherwise
 * @return whether it is
 */
SKEP_API bool skep_rings_declared(const struct skep_object *object, const char *name,
				  unsigned int *count);

/**
 * Opens readers for all rings of an array of them, or for one ring; see skep_rings_open(). Where
 * another loader than skep left the array empty, rings are made and put in now.
 *
 * @param[out] out    the readers
 * @param      object a loaded object; the readers stay valid without it
 * @param      name   the map's name
 * @param      bytes  sizeof(T); 0 with `.any_size`
 * @param      opts   or NULL; for each of them
 * @return 0 or a negative errno
 * @err{ENOENT, the object has no such map: the hint names those it has}
 * @err{EPROTOTYPE, T is not the type that they were declared with; or no rings}
 * @err{EBADF, the object is not loaded yet: call skep_object_load() first}
 * @err{EINVAL, there is no object or no name, `.wakeup` is not an enum skep_wakeup, or `opts` was
 *      not made with SKEP_OPTS()}
 * @err{EMFILE, too many open files, for two or more of each ring: raise ulimit -n}
 * @err{EPERM, rings may not be mapped, or opened by their ids: run with CAP_SYS_ADMIN}
 * @err{ENOMEM, no memory}
 * @ownership{the caller frees it with skep_rings_free()}
 * @threads{one at a time per object}
 * @kernel{5.8}
 */
SKEP_API SKEP_MUST_USE int skep_rings_open_raw(struct skep_rings **out,
					       const struct skep_object *object, const char *name,
					       size_t bytes, const struct skep_ring_opts *opts);

/**
 * Makes one of readers that are there, of records of one type.
 *
 * @param[out] out   the readers
 * @param      rings `count` of them; stay the caller's, and must outlive it
 * @param      count at least 1
 * @return 0 or a negative errno
 * @err{EINVAL, none, or one of them is NULL: pass what skep_ring_open() gave}
 * @err{EEXIST, the same reader twice}
 * @err{EPROTOTYPE, readers for records of different sizes}
 * @err{ENOMEM, no memory}
 * @ownership{the caller frees it with skep_rings_free()}
 */
SKEP_API SKEP_MUST_USE int skep_rings_of(struct skep_rings **out, struct skep_ring *const *rings,
					 unsigned int count);

/**
 * Frees the readers that skep_rings_open() made. What was not consumed stays in the rings. NULL is
 * fine.
 *
 * @param rings the readers
 */
SKEP_API void skep_rings_free(struct skep_rings *rings);

/**
 * How many rings there are.
 *
 * @param rings the readers
 * @return at least 1; 0 when there are none
 * @threads{any}
 */
SKEP_API unsigned int skep_rings_count(const struct skep_rings *rings);

/**
 * One of the readers, for instance for its skep_ring_stats(). What the program counts, it counts
 * for all of them together, and the first tells it.
 *
 * @param rings the readers
 * @param index from 0
 * @return borrowed; NULL when there are not as many
 * @threads{any}
 */
SKEP_API struct skep_ring *skep_rings_ring(const struct skep_rings *rings, unsigned int index);

/**
 * Takes the next record of any ring; see skep_rings_next().
 *
 * @param      rings      the readers
 * @param[out] record     where it is; valid until the next call for these rings
 * @param[out] bytes      its size; NULL if not wanted
 * @param      timeout_ms how long to wait for one: 0 not at all, -1 for ever
 * @return 0 or a negative errno
 * @err{EAGAIN, none is there, and timeout_ms is 0}
 * @err{ETIMEDOUT, none came in time}
 * @err{EBADMSG, a record of a size that does not fit T: it is counted and skipped, go on}
 * @err{EINTR, a signal came while waiting}
 * @err{ECANCELED, skep_rings_stop() was called}
 * @err{EBADF, there are no rings: open them first}
 * @err{EMFILE, too many open files, to wait with: raise ulimit -n}
 * @threads{one at a time}
 */
SKEP_API SKEP_MUST_USE int skep_rings_next_raw(struct skep_rings *rings, const void **record,
					       size_t *bytes, int timeout_ms);

/**
 * Takes the next record for skep_rings_foreach(): that none came is an end, and no failure.
 *
 * @param      rings      the readers
 * @param[out] bytes      its size; NULL if not wanted
 * @param      timeout_ms how long to wait for one: 0 not at all, -1 for ever
 * @param[out] err        0, or a negative errno as skep_rings_next_raw(), without EAGAIN and
 *                        ETIMEDOUT
 * @return the record, valid until the next call for these rings; NULL at the end, or on failure
 * @threads{one at a time}
 */
SKEP_API const void *skep_rings_each_raw(struct skep_rings *rings, size_t *bytes, int timeout_ms,
					 int *err);

/**
 * The ring that the last record was taken from.
 *
 * @param rings the readers
 * @return its index, for skep_rings_ring(); 0 before the first record
 * @threads{one at a time}
 */
SKEP_API unsigned int skep_rings_current(const struct skep_rings *rings);

/**
 * Makes a skep_rings_next() or skep_rings_foreach() that waits, or the next one that would, return:
 * next with -ECANCELED, foreach ends.
 *
 * @param rings the readers; NULL is fine
 * @threads{any; also from a signal handler}
 */
SKEP_API void skep_rings_stop(struct skep_rings *rings);

/**
 * What came and what did not, of all rings together: sums, but for `oldest_ns` and `most_bytes`,
 * which are those of the ring that is worst off.
 *
 * @param      rings the readers
 * @param[out] stats the numbers; see skep_ring_stats()
 * @param      sz    sizeof(struct skep_ring_stats); skep_rings_stats() passes it
 * @threads{one at a time}
 */
SKEP_API void skep_rings_stats_raw(const struct skep_rings *rings, struct skep_ring_stats *stats,
				   size_t sz);

/**
 * skep_rings_stats_raw() with the caller's size.
 *
 * @param      rings the readers
 * @param[out] stats the numbers
 */
static inline void skep_rings_stats(const struct skep_rings *rings, struct skep_ring_stats *stats)
{
	skep_rings_stats_raw(rings, stats, sizeof(*stats));
}

/**
 * How large each of the rings should have been: see skep_ring_advice(). What is dropped is counted
 * for all of them together, and so taken to have been dropped by each.
 *
 * @param rings the readers
 * @return bytes, a power of two, for skep_object_resize()
 * @threads{one at a time}
 */
SKEP_API uint64_t skep_rings_advice(const struct skep_rings *rings);

/**
 * Asks to be called when something was lost, in whichever ring: see skep_ring_on_loss().
 *
 * @param rings the readers
 * @param fn    the callback; NULL: none. It gets the ring that saw it
 * @param ctx   passed to it
 * @threads{one at a time}
 */
SKEP_API void skep_rings_on_loss(struct skep_rings *rings, skep_loss_fn fn, void *ctx);

/**
 * A file descriptor for an event loop of yours: readable when it is time to look into the rings.
 * Take records until -EAGAIN then: see skep_ring_fd().
 *
 * @param rings the readers
 * @return borrowed; -1 when there are too many open files, or no rings
 */
SKEP_API int skep_rings_fd(struct skep_rings *rings);

/**
 * Calls `fn` for each record of each ring; each ring has its turn. To skep_loop_ring() they are
 * `name[0]`, `name[1]` and so on.
 *
 * @param loop  the loop
 * @param rings stay the caller's, and must outlive the loop
 * @param fn    the callback
 * @param ctx   passed to it
 * @return 0 or a negative errno; then it may be called for some of the rings
 * @err{EBADF, there is no loop, or there are no rings: open them first}
 * @err{EINVAL, no callback}
 * @err{EEXIST, one of the rings is in this loop already}
 * @err{EBUSY, a merge or a pool reads one of them: free that first}
 * @err{ENOMEM, no memory}
 */
SKEP_API SKEP_MUST_USE int skep_loop_add_rings(struct skep_loop *loop,
					       const struct skep_rings *rings, skep_record_fn fn,
					       void *ctx);

SKEP_END_DECLS

SKEP_DEFINE_FREEP(skep_rings);

/** skep_rings_open_raw() for a typed handle: `skep_rings_open(&events, object, "events", NULL)`. */
#define skep_rings_open(handle, object, name, opts)                                                \
	skep_rings_open_raw(&(handle)->rings, (object), (name), sizeof(*(handle)->type), (opts))

/** `skep_rings_next(events, &e, timeout_ms)` with `const T *e`: see skep_rings_next_raw(). */
#define skep_rings_next(handle, record, timeout_ms)                                                \
	skep_rings_next_sized(handle, record, (size_t *)NULL, timeout_ms)

/** skep_rings_next() that tells the record's size too, for rings of variable records. */
#define skep_rings_next_sized(handle, record, bytes, timeout_ms)                                   \
	__extension__({                                                                            \
		const void *skep_record_ = NULL;                                                   \
		(void)sizeof(SKEP_CHECK_((handle).type, *(record),                                 \
					 "skep: this is not the rings' record type"));             \
		int skep_err_ =                                                                    \
			skep_rings_next_raw((handle).rings, &skep_record_, (bytes), (timeout_ms)); \
		if (!skep_err_)                                                                    \
			*(record) = (const __typeof__(*(handle).type) *)skep_record_;              \
		skep_err_;                                                                         \
	})

/* Goes on in another ring where a call is made: a ring's cursor stops it now and then. */
static inline const void *skep_rings_walk_next_(struct skep_rings *rings,
						struct skep_ring_walk_ *walk, uint32_t bytes,
						int timeout_ms, int *err)
{
	const void *record = skep_ring_walk_ready_(walk, bytes);

	if (__builtin_expect(record != NULL, 1))
		return record;
	skep_ring_walk_end_(walk);
	record = skep_rings_each_raw(rings, NULL, timeout_ms, err);
	walk->shared = skep_ring_cursor(skep_rings_ring(rings, skep_rings_current(rings)));
	walk->at = *walk->shared;
	return record;
}

/** A loop over records of all rings, `e` being declared as `const T *`: as skep_ring_foreach(). */
#define skep_rings_foreach(handle, e, timeout_ms, err)                                             \
	for (struct skep_ring_walk_ skep_walk_##e                                                  \
	     __attribute__((cleanup(skep_ring_walk_end_))) = skep_ring_walk_begin_(                \
		     skep_rings_ring((handle).rings, skep_rings_current((handle).rings)), (err)),  \
	     *skep_once_##e = &skep_walk_##e;                                                      \
	     skep_once_##e; skep_once_##e = NULL)                                                  \
		for (const __typeof__(*(handle).type) *e;                                          \
		     (e = (const __typeof__(*(handle).type) *)skep_rings_walk_next_(               \
			      (handle).rings, &skep_walk_##e, sizeof(*e), (timeout_ms), (err))) != \
		     NULL;)

#include <skep/rings/pool.h>
#include <skep/rings/tagged.h>

#endif
