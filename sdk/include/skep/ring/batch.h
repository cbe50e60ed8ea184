/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_RING_BATCH_H
#define SKEP_RING_BATCH_H
/**
 * @file ring/batch.h
 * More ways to read a ring: look without taking, until a point in time, many at once, and as a
 * copy. Part of ring.h.
 *
 * @code{.c}
 * typedef SKEP_RING(struct exec_event) exec_ring;
 *
 * const struct exec_event *some[64];
 * exec_ring events;
 * int count;
 *
 * if (skep_ring_open(&events, object, "events", NULL))
 *         return skep_perror("events");
 * count = skep_ring_batch(events, some, 64, 1000);         // what is there, up to 64
 * for (int i = 0; i < count; i++)
 *         printf("%u\n", some[i]->pid);
 * skep_ring_free(events.ring);
 * @endcode
 *
 * A batch costs less than its records one by one where all of them are looked at together: sorted,
 * sent, or given to another library. Nothing is copied, except by skep_ring_copy().
 */
#include <skep/ring.h>

SKEP_BEGIN_DECLS

/**
 * The time that deadlines are given in: CLOCK_MONOTONIC.
 *
 * @return nanoseconds
 * @threads{any}
 */
SKEP_API uint64_t skep_now_ns(void);

/**
 * Takes the next record, waiting up to a point in time; see skep_ring_next_until().
 *
 * @param      ring        the reader
 * @param[out] record      where it is; valid until the next call for this ring
 * @param[out] bytes       its size; NULL if not wanted
 * @param      deadline_ns nanoseconds of skep_now_ns(); when it has passed, what is there is still
 *                         taken
 * @return 0 or a negative errno
 * @err{ETIMEDOUT, none came until then}
 * @err{EBADMSG, a record of a size that does not fit T: it is counted and skipped, go on}
 * @err{EINTR, a signal came while waiting}
 * @err{ECANCELED, skep_ring_stop() was called}
 * @err{EBADF, there is no ring: open it first}
 * @err{EMFILE, too many open files, to wait with: raise ulimit -n}
 * @threads{one at a time per ring}
 */
SKEP_API SKEP_MUST_USE int skep_ring_next_until_raw(struct skep_ring *ring, const void **record,
						    size_t *bytes, uint64_t deadline_ns);

/**
 * Looks at the next record and leaves it in the ring: the next call that takes one takes this one.
 * See skep_ring_peek().
 *
 * @param      ring       the reader
 * @param[out] record     where it is; valid until the next call for this ring
 * @param[out] bytes      its size; NULL if not wanted
 * @param      timeout_ms how long to wait for one: 0 not at all, -1 for ever
 * @return 0 or a negative errno
 * @err{EAGAIN, none is there, and timeout_ms is 0}
 * @err{ETIMEDOUT, none came in time}
 * @err{EBADMSG, a record of a size that does not fit T: it is counted and skipped, go on}
 * @err{EINTR, a signal came while waiting}
 * @err{ECANCELED, skep_ring_stop() was called}
 * @err{EBADF, there is no ring: open it first}
 * @err{EMFILE, too many open files, to wait with: raise ulimit -n}
 * @threads{one at a time per ring}
 */
SKEP_API SKEP_MUST_USE int skep_ring_peek_raw(struct skep_ring *ring, const void **record,
					      size_t *bytes, int timeout_ms);

/**
 * Takes what lies ready, up to `most` records; see skep_ring_batch(). It waits for the first only.
 * It may give fewer than there are: after an eighth of the ring, so that the program gets room
 * back in time, and before a record of the wrong size, which the next call reports.
 *
 * @param      ring       the reader
 * @param[out] records    where they are: an array of `most`; all valid until the next call for
 *                        this ring
 * @param[out] bytes      their sizes: an array of `most`; NULL if not wanted
 * @param      most       at least 1
 * @param      timeout_ms how long to wait for the first: 0 not at all, -1 for ever
 * @return how many, at least 1; or a negative errno
 * @err{EINVAL, room for 0 records: give at least 1}
 * @err{EAGAIN, none is there, and timeout_ms is 0}
 * @err{ETIMEDOUT, none came in time}
 * @err{EBADMSG, a record of a size that does not fit T: it is counted and skipped, go on}
 * @err{EINTR, a signal came while waiting}
 * @err{ECANCELED, skep_ring_stop() was called}
 * @err{EBADF, there is no ring: open it first}
 * @err{EMFILE, too many open files, to wait with: raise ulimit -n}
 * @threads{one at a time per ring}
 */
SKEP_API SKEP_MUST_USE int skep_ring_batch_raw(struct skep_ring *ring, const void **records,
					       size_t *bytes, size_t most, int timeout_ms);

/**
 * Takes the next record as a copy, which is the caller's; see skep_ring_copy().
 *
 * @param      ring       the reader
 * @param[out] out        where to copy it; untouched on failure
 * @param      room       how much fits there
 * @param[out] bytes      the record's size, also with E2BIG; NULL if not wanted
 * @param      timeout_ms how long to wait for one: 0 not at all, -1 for ever
 * @return 0 or a negative errno
 * @err{E2BIG, it does not fit: it stays in the ring, come again with more room}
 * @err{EAGAIN, none is there, and timeout_ms is 0}
 * @err{ETIMEDOUT, none came in time}
 * @err{EBADMSG, a record of a size that does not fit T: it is counted and skipped, go on}
 * @err{EINTR, a signal came while waiting}
 * @err{ECANCELED, skep_ring_stop() was called}
 * @err{EBADF, there is no ring: open it first}
 * @err{EMFILE, too many open files, to wait with: raise ulimit -n}
 * @threads{one at a time per ring}
 */
SKEP_API SKEP_MUST_USE int skep_ring_copy_raw(struct skep_ring *ring, void *out, size_t room,
					      size_t *bytes, int timeout_ms);

SKEP_END_DECLS

/* A call that gives one record, with *record typed. C only. */
#define SKEP_RING_TAKE_(handle, record, call)                                                      \
	__extension__({                                                                            \
		const void *skep_record_ = NULL;                                                   \
		(void)sizeof(SKEP_CHECK_((handle).type, *(record),                                 \
					 "skep: this is not the ring's record type"));             \
		int skep_err_ = (call);                                                            \
		if (!skep_err_)                                                                    \
			*(record) = (const __typeof__(*(handle).type) *)skep_record_;              \
		skep_err_;                                                                         \
	})

/** `skep_ring_next_until(events, &e, deadline_ns)` with `const T *e`: skep_ring_next_until_raw(). */
#define skep_ring_next_until(handle, record, deadline_ns)                                          \
	SKEP_RING_TAKE_(                                                                           \
		handle, record,                                                                    \
		skep_ring_next_until_raw((handle).ring, &skep_record_, NULL, (deadline_ns)))

/** `skep_ring_peek(events, &e, timeout_ms)` with `const T *e`: see skep_ring_peek_raw(). */
#define skep_ring_peek(handle, record, timeout_ms)                                                 \
	skep_ring_peek_sized(handle, record, (size_t *)NULL, timeout_ms)

/** skep_ring_peek() that tells the record's size too, for rings of variable records. */
#define skep_ring_peek_sized(handle, record, bytes, timeout_ms)                                    \
	SKEP_RING_TAKE_(handle, record,                                                            \
			skep_ring_peek_raw((handle).ring, &skep_record_, (bytes), (timeout_ms)))

/** `skep_ring_batch(events, records, most, timeout_ms)` with `const T *records[most]`. */
#define skep_ring_batch(handle, records, most, timeout_ms)                                         \
	skep_ring_batch_sized(handle, records, (size_t *)NULL, most, timeout_ms)

/** skep_ring_batch() that tells the records' sizes too, for rings of variable records. */
#define skep_ring_batch_sized(handle, records, bytes, most, timeout_ms)                            \
	__extension__({                                                                            \
		(void)sizeof(SKEP_CHECK_((handle).type, *(records),                                \
					 "skep: this is not the ring's record type"));             \
		const __typeof__(*(handle).type) **skep_records_ = (records);                      \
		skep_ring_batch_raw((handle).ring, (const void **)(void *)skep_records_, (bytes),  \
				    (most), (timeout_ms));                                         \
	})

/** `skep_ring_copy(events, &e, timeout_ms)` with `T e`: see skep_ring_copy_raw(). */
#define skep_ring_copy(handle, out, timeout_ms)                                                    \
	skep_ring_copy_sized(handle, out, sizeof(*(handle).type), (size_t *)NULL, timeout_ms)

/** skep_ring_copy() into `room` bytes at `T *out`, for rings of variable records. */
#define skep_ring_copy_sized(handle, out, room, bytes, timeout_ms)                                 \
	__extension__({                                                                            \
		__typeof__(*(handle).type) *skep_out_ = SKEP_CHECK_(                               \
			(handle).type, (out), "skep: this is not the ring's record type");         \
		skep_ring_copy_raw((handle).ring, skep_out_, (room), (bytes), (timeout_ms));       \
	})

#endif
