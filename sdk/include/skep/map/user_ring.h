/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_MAP_USER_RING_H
#define SKEP_MAP_USER_RING_H
/**
 * @file skep/map/user_ring.h
 * User ring buffers: records that user space writes, and a program reads with
 * bpf_user_ringbuf_drain(). Part of map.h.
 *
 * @code{.c}
 * struct order {
 *         __u64 number;
 * };
 * typedef SKEP_USER_RING(struct order) order_ring;
 * typedef SKEP_USER_RING_WRITER(struct order) order_writer;
 *
 * order_ring orders;
 * order_writer writer;
 * struct order *order;
 *
 * if (skep_map_open(&orders, object, "orders") || skep_user_ring_new(&writer, orders))
 *         return skep_perror("orders");
 * if (!skep_user_ring_wait(writer, &order, 1000)) {
 *         order->number = 7;
 *         if (skep_user_ring_submit(writer, order))
 *                 return skep_perror("orders");
 * }
 * skep_user_ring_free(writer.ring);
 * @endcode
 *
 * reserve and submit write memory that the program reads: no system call. Nothing wakes the
 * program: it drains when it runs. Records are read in the order of their reservation, so one
 * that is neither submitted nor discarded holds up those behind it. One writer has the ring: two
 * at once, also in two processes, destroy each other's records.
 */
#include <skep/map/handle.h>

SKEP_BEGIN_DECLS

/** The writing end of a user ring buffer. */
struct skep_user_ring;

/**
 * Opens the writing end; see skep_user_ring_new().
 *
 * @param[out] out the writer; untouched on failure
 * @param      map a user ring buffer
 * @return 0 or a negative errno
 * @err{EPROTOTYPE, not a user ring buffer: the hint says what its handle is}
 * @err{EBADF, there is no map: open the handle first}
 * @err{EPERM, the map may not be written from user space}
 * @err{EMFILE, too many open files: raise ulimit -n}
 * @err{ENOMEM, no memory}
 * @ownership{the caller frees it with skep_user_ring_free(); it is valid without the map's handle}
 * @kernel{6.1}
 */
SKEP_API SKEP_MUST_USE int skep_user_ring_new_raw(struct skep_user_ring **out,
						  const struct skep_map *map);

/**
 * Closes the writing end. What was submitted stays; what was only reserved is discarded. NULL is
 * fine.
 *
 * @param ring the writer
 */
SKEP_API void skep_user_ring_free(struct skep_user_ring *ring);

/**
 * Makes room for a record; see skep_user_ring_reserve() and skep_user_ring_wait().
 *
 * @param      ring       the writer
 * @param[out] record     what to fill, then to submit or discard: 8 bytes aligned, not zeroed;
 *                        untouched on failure
 * @param      bytes      its size, from 1
 * @param      timeout_ms how long to wait for room: 0: not; -1: without end
 * @return 0 or a negative errno
 * @err{EAGAIN, the ring is full now, and timeout_ms is 0: let the program drain it, or wait}
 * @err{ETIMEDOUT, the ring was full all the time: does the program run?}
 * @err{E2BIG, the ring can never hold such a record: make it larger before load}
 * @err{EINVAL, no bytes, or there is no writer: open it first}
 * @err{EINTR, a signal came while it waited: call again}
 * @err{EBADMSG, the ring's positions cannot be: another process wrote there}
 * @ownership{the record is the ring's; valid until it is submitted or discarded}
 * @threads{one for each ring}
 */
SKEP_API SKEP_MUST_USE int skep_user_ring_reserve_raw(struct skep_user_ring *ring, void **record,
						      size_t bytes, int timeout_ms);

/**
 * Gives a record to the program; see skep_user_ring_submit().
 *
 * @param ring   the writer
 * @param record what was reserved
 * @return 0 or a negative errno
 * @err{EINVAL, not a record that is reserved in this ring: was it submitted or discarded already?}
 * @threads{one for each ring}
 */
SKEP_API int skep_user_ring_submit_raw(struct skep_user_ring *ring, void *record);

/**
 * Gives a record up: the program does not see it; see skep_user_ring_discard().
 *
 * @param ring   the writer
 * @param record what was reserved
 * @return 0 or a negative errno
 * @err{EINVAL, not a record that is reserved in this ring: was it submitted or discarded already?}
 * @threads{one for each ring}
 */
SKEP_API int skep_user_ring_discard_raw(struct skep_user_ring *ring, void *record);

SKEP_END_DECLS

SKEP_DEFINE_FREEP(skep_user_ring);

/** A ring of records T that user space writes: `typedef SKEP_USER_RING(struct order) order_ring;` */
#define SKEP_USER_RING(T) SKEP_HANDLE_(SKEP_ACCESS_USER_RING, struct skep_no_key_, T)

/** Its writing end: `typedef SKEP_USER_RING_WRITER(struct order) order_writer;` */
#define SKEP_USER_RING_WRITER(T)                                                                   \
	union {                                                                                    \
		struct skep_user_ring *ring;                                                       \
		__typeof__(T) *value;                                                              \
	}

#define SKEP_RECORD_(writer, record)                                                               \
	SKEP_CHECK_((writer).value, record, "skep: this is not the ring's record type")

/** `skep_user_ring_new(&writer, orders)`: see skep_user_ring_new_raw(). C only. */
#define skep_user_ring_new(writer, handle)                                                         \
	skep_user_ring_new_raw(                                                                    \
		((void)SKEP_CHECK_((handle).value, (writer)->value,                                \
				   "skep: this writer is not of the ring's record type"),          \
		 &(writer)->ring),                                                                 \
		SKEP_MAP_WHERE_(handle, SKEP_IS_(handle, SKEP_ACCESS_USER_RING),                   \
				"skep: this call is for user ring buffers, SKEP_USER_RING()"))

/**
 * Waits for room for a record: `skep_user_ring_wait(writer, &order, timeout_ms)`, where `order`
 * is a pointer to T. See skep_user_ring_reserve_raw().
 */
#define skep_user_ring_wait(writer, record, timeout_ms)                                            \
	__extension__({                                                                            \
		void *skep_record_ = NULL;                                                         \
		int skep_err_ = skep_user_ring_reserve_raw((writer).ring, &skep_record_,           \
							   sizeof(*(writer).value), (timeout_ms)); \
		if (!skep_err_)                                                                    \
			*(record) = (__typeof__(*(record)))((void)SKEP_RECORD_(writer, *(record)), \
							    skep_record_);                         \
		skep_err_;                                                                         \
	})

/** `skep_user_ring_reserve(writer, &order)`: EAGAIN when there is no room now. */
#define skep_user_ring_reserve(writer, record) skep_user_ring_wait(writer, record, 0)

/** `skep_user_ring_submit(writer, order)`: see skep_user_ring_submit_raw(). */
#define skep_user_ring_submit(writer, record)                                                      \
	skep_user_ring_submit_raw((writer).ring, SKEP_RECORD_(writer, record))

/** `skep_user_ring_discard(writer, order)`: see skep_user_ring_discard_raw(). */
#define skep_user_ring_discard(writer, record)                                                     \
	skep_user_ring_discard_raw((writer).ring, SKEP_RECORD_(writer, record))

#endif
