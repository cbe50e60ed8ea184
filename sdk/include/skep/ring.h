/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_RING_H
#define SKEP_RING_H
/**
 * @file ring.h
 * Records from BPF programs: typed, in place, none lost without a count.
 *
 * Pull them, or let a loop call you (loop.h):
 *
 * @code{.c}
 * typedef SKEP_RING(struct exec_event) exec_ring;
 *
 * exec_ring events;
 * int err;
 *
 * if (skep_ring_open(&events, object, "events", NULL))
 *         return skep_perror("events");
 * skep_ring_foreach(events, e, 1000, &err)                 // until a second passes without one
 *         printf("%u %s\n", e->pid, e->comm);
 * skep_ring_free(events.ring);
 * @endcode
 *
 * Records are read where the kernel wrote them: `e` is valid until the next call for this ring.
 * A record whose size does not fit T is refused (EBADMSG), counted, and never passed on. Taking
 * one record costs a few nanoseconds; a system call is made only to wait.
 *
 * The macros are for C. In C++ see skep.hpp.
 */
#include <skep/base.h>
#include <skep/typed.h>

#include <errno.h>

SKEP_BEGIN_DECLS

struct skep_object;

/** A reader of one ring buffer. One thread at a time, and one reader per ring. */
struct skep_ring;

/** A ring of records T: `typedef SKEP_RING(struct exec_event) exec_ring;` */
#define SKEP_RING(T)                                                                               \
	union {                                                                                    \
		struct skep_ring *ring;                                                            \
		__typeof__(T) *type;                                                               \
	}

/**
 * When a reader looks into its ring. The program needs no change for it: while records flow, the
 * reader leaves the last one unpublished, so that the kernel never wakes it; before it sleeps it
 * publishes all, so that the next record does.
 */
enum skep_wakeup {
	SKEP_WAKEUP_BALANCED,   /**< 100 us after records flowed; sleeps when none come */
	SKEP_WAKEUP_LATENCY,    /**< at once, always: takes a whole CPU */
	SKEP_WAKEUP_THROUGHPUT, /**< 1 ms after records flowed; sleeps when none come */
	SKEP_WAKEUP_EVERY,      /**< by the kernel, for each record: what others do. The traced
				     program pays 5 us for it */
};

/** How to read a ring. */
struct skep_ring_opts {
	size_t sz;       /**< set by SKEP_OPTS() */
	size_t max_tail; /**< records have up to so many bytes after T: for adopted rings only, an
			      object's own says it by itself */
	bool any_size;   /**< take records of every size: for tools that do not know T */
	enum skep_wakeup wakeup; /**< when to look */
	uint64_t wakeup_ns;  /**< other than 100 us or 1 ms; 0: as `wakeup` says. Nobody wakes the
					reader meanwhile: records are as late as that */
	size_t wakeup_bytes; /**< only when so many are there, up to 100 ms late; 0: any */
	size_t perf_bytes;   /**< of perf buffers: of each processor's, a power of two of at
				      least a page, up to 1 GiB; 0: 256 KiB */
	unsigned int perf_records; /**< of perf buffers: the kernel wakes for so many records of a
					processor, up to 100 ms late; 0: for each, or, where
					`wakeup_bytes` are given, for so many bytes */
};

/** What came, what did not, and what waits. */
struct skep_ring_stats {
	uint64_t consumed;      /**< records passed on */
	uint64_t bad;           /**< records of a size that does not fit: refused */
	uint64_t dropped;       /**< records that did not fit into the ring */
	uint64_t discarded;     /**< records that the program gave up */
	uint64_t pending_bytes; /**< written, and not yet consumed */
	uint64_t size_bytes;    /**< of the ring */
	bool counted;           /**< whether `dropped` and `discarded` are known: the program
				     writes with skep_emit() */
	uint64_t pending;       /**< records written, or being written, and not yet consumed */
	uint64_t skipped;       /**< discarded records that the reader came across */
	uint64_t wakeups;       /**< how often the kernel woke the reader */
	uint64_t naps;          /**< how often the reader woke by itself */
	uint64_t most_bytes;    /**< the most that was seen pending: how full it got */
	uint64_t oldest_ns;     /**< a record waits no longer than this; 0 when none does */
	uint64_t misses;        /**< events for which the kernel did not run the programs of this
				     ring, because they ran already on that CPU; of the object's
				     programs that are still loaded */
	bool misses_known;      /**< false for adopted rings, below 5.12, and for who may not ask
				     for programs by id (CAP_SYS_ADMIN) */
};

/** What was lost since it was last told. */
struct skep_ring_loss {
	uint64_t dropped; /**< did not fit */
	uint64_t bad;     /**< had a size that does not fit T */
};

/** Called on the reader's thread when something was lost, at most once in a look at the ring. */
typedef void (*skep_loss_fn)(struct skep_ring *ring, const struct skep_ring_loss *loss, void *ctx);

/**
 * Called by a loop (loop.h) with one record, in place.
 * @return 0 to go on, positive to stop the loop, negative to fail
 */
typedef int (*skep_record_fn)(const void *record, size_t bytes, void *ctx);

/**
 * The part of a reader that the inlined fast path sees. Its layout never changes.
 */
struct skep_ring_cursor {
	const unsigned char *data; /**< the ring, mapped twice in a row */
	uint64_t mask;             /**< size - 1 */
	uint64_t position;         /**< of the next record */
	uint64_t end;              /**< up to here no call is needed */
	uint64_t last;             /**< of the record passed on last */
	uint64_t consumed;         /**< records passed on */
	uint64_t least;            /**< bytes a record has at least */
	uint64_t spread;           /**< and how many more at most */
};

/** The record type that an object declares for a ring. */
struct skep_ring_type {
	uint32_t type_id;    /**< of T, in the object's BTF */
	uint64_t bytes;      /**< sizeof(T) */
	uint64_t most_bytes; /**< with the longest tail; equal to `bytes` for fixed records */
};

/**
 * The record type of a ring, as SKEP_RINGBUF() and SKEP_RINGBUF_VAR() leave it in BTF.
 *
 * @param      object opened or loaded
 * @param      name   the ring's name
 * @param[out] type   untouched when there is none
 * @return whether the object says it; rings declared without skep do not
 */
SKEP_API bool skep_ring_type(const struct skep_object *object, const char *name,
			     struct skep_ring_type *type);

/**
 * Opens a reader for a ring of a loaded object; see skep_ring_open().
 *
 * @param[out] out    the reader
 * @param      object a loaded object; the reader stays valid without it
 * @param      name   the ring's name
 * @param      bytes  sizeof(T); 0 with `.any_size`
 * @param      opts   or NULL
 * @return 0 or a negative errno
 * @err{ENOENT, the object has no such ring: the hint names those it has}
 * @err{EPROTOTYPE, T is not the type that the ring was declared with; or not a ring}
 * @err{EBADF, the object is not loaded yet: call skep_object_load() first}
 * @err{EINVAL, there is no object or no name, `.wakeup` is not an enum skep_wakeup, or `opts` was
 *      not made with SKEP_OPTS()}
 * @err{EPERM, the ring may not be mapped: run with the privilege that loaded it}
 * @err{ENOMEM, no memory}
 * @ownership{the caller frees it with skep_ring_free()}
 * @kernel{5.8}
 */
SKEP_API SKEP_MUST_USE int skep_ring_open_raw(struct skep_ring **out,
					      const struct skep_object *object, const char *name,
					      size_t bytes, const struct skep_ring_opts *opts);

/**
 * Opens a reader for any ring buffer; see skep_ring_adopt_fd().
 *
 * @param[out] out   the reader
 * @param      fd    a ring buffer map; stays the caller's: it is duplicated
 * @param      bytes sizeof(T); 0 with `.any_size`
 * @param      opts  or NULL
 * @return 0 or a negative errno
 * @err{EPROTOTYPE, not a ring buffer}
 * @err{EINVAL, `fd` is not a BPF map, `.wakeup` is not an enum skep_wakeup, or `opts` was not made
 *      with SKEP_OPTS()}
 * @err{EBADF, not an open file descriptor}
 * @err{EPERM, the ring may not be mapped: run with the privilege that made it}
 * @err{ENOMEM, no memory}
 * @ownership{the caller frees it with skep_ring_free()}
 * @kernel{5.8}
 */
SKEP_API SKEP_MUST_USE int skep_ring_adopt_fd_raw(struct skep_ring **out, int fd, size_t bytes,
						  const struct skep_ring_opts *opts);

/**
 * Frees a reader. What was not consumed stays in the ring. NULL is fine. A child of fork() may
 * free what it inherited: its parent goes on undisturbed.
 *
 * @param ring the reader
 */
SKEP_API void skep_ring_free(struct skep_ring *ring);

/**
 * Takes the next record; see skep_ring_next().
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
SKEP_API SKEP_MUST_USE int skep_ring_next_raw(struct skep_ring *ring, const void **record,
					      size_t *bytes, int timeout_ms);

/**
 * Takes the next record for skep_ring_foreach(): that none came is an end, and no failure.
 *
 * @param      ring       the reader
 * @param[out] bytes      its size; NULL if not wanted
 * @param      timeout_ms how long to wait for one: 0 not at all, -1 for ever
 * @param[out] err        0, or a negative errno as skep_ring_next_raw(), without EAGAIN and
 *                        ETIMEDOUT
 * @return the record, valid until the next call for this ring; NULL at the end, or on failure
 * @threads{one at a time per ring}
 */
SKEP_API const void *skep_ring_each_raw(struct skep_ring *ring, size_t *bytes, int timeout_ms,
					int *err);

/**
 * Makes a skep_ring_next() or skep_ring_foreach() of this ring that waits, or the next one that
 * would, return: next with -ECANCELED, foreach ends. Where the handler of a signal that ends the
 * wait calls this, next is -ECANCELED too, not -EINTR.
 *
 * @param ring the reader; NULL is fine
 * @threads{any; also from a signal handler}
 */
SKEP_API void skep_ring_stop(struct skep_ring *ring);

/**
 * What came and what did not, since the ring exists (dropped, discarded, misses) or the reader
 * does. Costs three system calls for each program of the object that writes to this ring, some 2
 * us, for `misses`; and a walk over the headers that are not consumed yet, for `pending`.
 *
 * @param      ring  the reader
 * @param[out] stats the numbers; read one after the other, exact when producers are quiet
 * @param      sz    sizeof(struct skep_ring_stats); skep_ring_stats() passes it
 * @threads{one at a time per ring}
 */
SKEP_API void skep_ring_stats_raw(const struct skep_ring *ring, struct skep_ring_stats *stats,
				  size_t sz);

/**
 * Asks to be called when something was lost. A loop that has such a ring goes on after a record
 * of the wrong size; without, it ends with EBADMSG.
 *
 * @param ring the reader
 * @param fn   the callback; NULL: none
 * @param ctx  passed to it
 * @threads{one at a time per ring}
 */
SKEP_API void skep_ring_on_loss(struct skep_ring *ring, skep_loss_fn fn, void *ctx);

/**
 * How large the ring should have been for what was seen until now: give it to
 * skep_object_resize() before the next load. With that size the same load, and a reader that is no
 * slower, drop nothing. Records of variable length are taken to be of the longest. For a reader
 * that is too slow all the time it is what was needed until now, and grows.
 *
 * Where the program does not count what it drops (`counted` of skep_ring_stats()), it is twice the
 * size of a ring that was seen full. For perf buffers it is what to give as `.perf_bytes`.
 *
 * @param ring the reader
 * @return bytes, a power of two; the ring's own size when that was enough; 2 GiB at most, the
 *         largest ring there is (perf buffers: 1 GiB); 0 when there is no ring
 * @threads{one at a time per ring}
 */
SKEP_API uint64_t skep_ring_advice(const struct skep_ring *ring);

/**
 * The ring's name.
 *
 * @param ring the reader
 * @return borrowed from the reader
 */
SKEP_API const char *skep_ring_name(const struct skep_ring *ring);

/**
 * A file descriptor for an event loop of yours: readable when it is time to look into the ring.
 * Take records until -EAGAIN then: that sets the time of the next look. It is not the ring's
 * own, which stays readable while the last record is not published.
 *
 * @param ring the reader
 * @return borrowed; -1 when there are too many open files, or there is no ring
 */
SKEP_API int skep_ring_fd(const struct skep_ring *ring);

/**
 * The reader's cursor, for the inlined fast path.
 *
 * @param ring the reader
 * @return borrowed from the reader
 */
SKEP_API struct skep_ring_cursor *skep_ring_cursor(struct skep_ring *ring);

/**
 * skep_ring_stats_raw() with the caller's size.
 *
 * @param      ring  the reader
 * @param[out] stats the numbers
 */
static inline void skep_ring_stats(const struct skep_ring *ring, struct skep_ring_stats *stats)
{
	skep_ring_stats_raw(ring, stats, sizeof(*stats));
}

SKEP_END_DECLS

SKEP_DEFINE_FREEP(skep_ring);

/* For SKEP_AUTO_RING(): a typed handle begins with its ring. */
__attribute__((unused)) static inline void skep_ring_handle_freep_(void *handle)
{
	skep_ring_free(*(struct skep_ring **)handle);
}

/**
 * A typed handle that is freed when its scope ends: `SKEP_AUTO_RING(exec_ring) events = { NULL };`.
 * Always give it a value. A copy of a handle is no ring of its own: one of the two frees it.
 */
#define SKEP_AUTO_RING(handle) __attribute__((cleanup(skep_ring_handle_freep_))) handle

/** skep_ring_open_raw() for a typed handle: `skep_ring_open(&events, object, "events", NULL)`. */
#define skep_ring_open(handle, object, name, opts)                                                 \
	skep_ring_open_raw(&(handle)->ring, (object), (name), sizeof(*(handle)->type), (opts))

/** skep_ring_adopt_fd_raw() for a typed handle: `skep_ring_adopt_fd(&events, fd, NULL)`. */
#define skep_ring_adopt_fd(handle, fd, opts)                                                       \
	skep_ring_adopt_fd_raw(&(handle)->ring, (fd), sizeof(*(handle)->type), (opts))

/** `skep_ring_next(events, &e, timeout_ms)` with `const T *e`: see skep_ring_next_raw(). */
#define skep_ring_next(handle, record, timeout_ms)                                                 \
	skep_ring_next_sized(handle, record, (size_t *)NULL, timeout_ms)

/** skep_ring_next() that tells the record's size too, for rings of variable records. */
#define skep_ring_next_sized(handle, record, bytes, timeout_ms)                                    \
	__extension__({                                                                            \
		const void *skep_record_ = NULL;                                                   \
		(void)sizeof(SKEP_CHECK_((handle).type, *(record),                                 \
					 "skep: this is not the ring's record type"));             \
		int skep_err_ =                                                                    \
			skep_ring_next_raw((handle).ring, &skep_record_, (bytes), (timeout_ms));   \
		if (!skep_err_)                                                                    \
			*(record) = (const __typeof__(*(handle).type) *)skep_record_;              \
		skep_err_;                                                                         \
	})

/* A walk through the ring: the cursor in registers, given back where a call is made. */
struct skep_ring_walk_ {
	struct skep_ring *ring;
	struct skep_ring_cursor *shared;
	struct skep_ring_cursor at;
};

static inline struct skep_ring_walk_ skep_ring_walk_begin_(struct skep_ring *ring, int *err)
{
	struct skep_ring_walk_ walk;

	walk.ring = ring;
	walk.shared = skep_ring_cursor(ring);
	walk.at = *walk.shared;
	*err = 0;
	return walk;
}

/*
 * The count stays in a register of its own. gcc -march=native otherwise keeps it and its neighbour in
 * one vector, taken apart for each record: 3 ns where 0.6 are needed.
 */
static inline void skep_ring_walk_end_(struct skep_ring_walk_ *walk)
{
	__asm__("" : "+r"(walk->at.consumed));
	walk->shared->position = walk->at.position;
	walk->shared->last = walk->at.last;
	walk->shared->consumed = walk->at.consumed;
}

/*
 * How far ahead memory is asked for. The ring is mapped twice in a row: it is always there. Of large
 * records one line in eight and fewer would be asked for, and the processor's own guess be disturbed.
 */
#define SKEP_RING_AHEAD_ 2048
#define SKEP_RING_LARGE_ 512

/*
 * The record at the cursor, where one lies ready; or NULL. What most records are is tried first, so
 * that the next one's place is known without waiting.
 */
static inline const void *skep_ring_walk_ready_(struct skep_ring_walk_ *walk, uint32_t bytes)
{
	struct skep_ring_cursor *at = &walk->at;

	if (__builtin_expect(at->position < at->end, 1)) {
		const unsigned char *header = at->data + (at->position & at->mask);
		uint32_t has =
			__atomic_load_n((const uint32_t *)(const void *)header, __ATOMIC_ACQUIRE);

		if (bytes < SKEP_RING_LARGE_)
			__builtin_prefetch(header + SKEP_RING_AHEAD_);
		if (__builtin_expect(has == bytes, 1)) {
			at->last = at->position;
			at->position += ((uint64_t)bytes + 15) & ~UINT64_C(7);
			at->consumed++;
			return header + 8;
		}
		/* Or the compiler makes one of both, and the next place waits for this header. */
		__asm__ volatile("" : "+r"(has));
		if (has - at->least <= at->spread) {
			at->last = at->position;
			at->position += ((uint64_t)has + 15) & ~UINT64_C(7);
			at->consumed++;
			return header + 8;
		}
	}
	return NULL;
}

static inline const void *skep_ring_walk_next_(struct skep_ring_walk_ *walk, uint32_t bytes,
					       int timeout_ms, int *err)
{
	const void *record = skep_ring_walk_ready_(walk, bytes);

	if (__builtin_expect(record != NULL, 1))
		return record;
	skep_ring_walk_end_(walk);
	record = skep_ring_each_raw(walk->ring, NULL, timeout_ms, err);
	walk->at = *walk->shared;
	return record;
}

/**
 * A loop over records, `e` being declared as `const T *`. It ends when none came for
 * `timeout_ms` (0: when those there are consumed; -1: never), with `*err` 0; or on a failure,
 * with `*err` a negative errno. `break` and `return` are fine. Inside, other calls for this ring
 * see it as it was when the loop last waited; take its records by the loop alone.
 */
#define skep_ring_foreach(handle, e, timeout_ms, err)                                              \
	for (struct skep_ring_walk_ skep_walk_##e __attribute__((cleanup(skep_ring_walk_end_))) =  \
		     skep_ring_walk_begin_((handle).ring, (err)),                                  \
						  *skep_once_##e = &skep_walk_##e;                 \
	     skep_once_##e; skep_once_##e = NULL)                                                  \
		for (const __typeof__(*(handle).type) *e;                                          \
		     (e = (const __typeof__(*(handle).type) *)skep_ring_walk_next_(                \
			      &skep_walk_##e, sizeof(*e), (timeout_ms), (err))) != NULL;)

#include <skep/ring/batch.h>
#include <skep/ring/tagged.h>

#endif
