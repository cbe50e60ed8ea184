/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_MERGE_H
#define SKEP_MERGE_H
/**
 * @file merge.h
 * Records of many rings in the order of their time.
 *
 * @code{.c}
 * struct timed { uint64_t time; uint32_t pid; };           // e->time = bpf_ktime_get_ns();
 * typedef SKEP_RINGS(struct timed) timed_rings;
 * typedef SKEP_MERGE(struct timed) timed_merge;
 *
 * timed_rings events;
 * timed_merge ordered;
 * int err;
 *
 * if (skep_rings_open(&events, object, "events", NULL) ||
 *     skep_merge_new(&ordered, events, time, NULL))
 *         return skep_perror("events");
 * skep_merge_foreach(ordered, e, 1000, &err)
 *         printf("%llu %u\n", (unsigned long long)e->time, e->pid);
 * skep_merge_free(ordered.merge);
 * skep_rings_free(events.rings);
 * @endcode
 *
 * A record waits until it is `max_delay_ns` old; what was written meanwhile by others, and is
 * older, comes before it. So the order holds for records that are in their ring `max_delay_ns`
 * after the time that they carry. What comes later than that is delivered at once and counted as
 * late, where something newer was delivered before it.
 *
 * Nothing is copied but the time and the place of each record that waits, 24 bytes: records wait
 * in their rings, and are read there. So each ring needs room for twice of what comes in
 * `max_delay_ns`. When a ring is half full of records that wait, the oldest are delivered sooner,
 * and counted as hurried, so that the program does not find it full. A record costs some 30
 * to 45 ns more than from rings in any order.
 */
#include <skep/rings.h>

SKEP_BEGIN_DECLS

/** Rings in the order of time. One thread at a time. */
struct skep_merge;

/** Merged records T: `typedef SKEP_MERGE(struct exec_event) exec_merge;` */
#define SKEP_MERGE(T)                                                                              \
	union {                                                                                    \
		struct skep_merge *merge;                                                          \
		__typeof__(T) *type;                                                               \
	}

/**
 * Tells a record's time, where that is not simply a member of it.
 * @return nanoseconds of the merge's clock; one that is still to come is taken for now
 */
typedef uint64_t (*skep_time_fn)(const void *record, size_t bytes, void *ctx);

/** How to merge. */
struct skep_merge_opts {
	size_t sz;             /**< set by SKEP_OPTS() */
	uint64_t max_delay_ns; /**< how long a record waits for older ones; 0: 10 ms */
	bool boot_time;        /**< times are of bpf_ktime_get_boot_ns() */
	skep_time_fn time;     /**< tells the time; NULL: it is a member */
	void *ctx;             /**< passed to it */
};

/** What became of merged records. */
struct skep_merge_stats {
	uint64_t delivered; /**< records passed on */
	uint64_t late;      /**< of these: after a newer one */
	uint64_t hurried;   /**< of these: before their time, because their ring was half full */
	uint64_t held;      /**< records that wait: consumed, as their rings count it, and not yet
				 delivered */
};

/**
 * Merges rings; see skep_merge_new().
 *
 * @param[out] out    the merge
 * @param      rings  stay the caller's, and must outlive it; nobody else reads them meanwhile. Their
 *                    `.wakeup_bytes` is without meaning
 * @param      offset of the time in a record: 8 bytes; without meaning with `.time`
 * @param      opts   or NULL
 * @return 0 or a negative errno
 * @err{EINVAL, a record has no 8 bytes at `offset`: give `.time` for records of any size}
 * @err{EBADF, there are no rings: open them first}
 * @err{EBUSY, a merge or a pool reads one of the rings: free that first}
 * @err{ENOMEM, no memory}
 * @ownership{the caller frees it with skep_merge_free()}
 */
SKEP_API SKEP_MUST_USE int skep_merge_new_raw(struct skep_merge **out, struct skep_rings *rings,
					      size_t offset, const struct skep_merge_opts *opts);

/**
 * Frees a merge. What was not delivered stays in the rings; where records of a ring were not in
 * order themselves, some that were delivered do too. NULL is fine.
 *
 * @param merge the merge
 */
SKEP_API void skep_merge_free(struct skep_merge *merge);

/**
 * Takes the next record in time; see skep_merge_next().
 *
 * @param      merge      the merge
 * @param[out] record     where it is; valid until the next call for this merge
 * @param[out] bytes      its size; NULL if not wanted
 * @param      timeout_ms how long to wait for one that is old enough: 0 not at all, -1 for ever
 * @return 0 or a negative errno
 * @err{EAGAIN, none is old enough, and timeout_ms is 0}
 * @err{ETIMEDOUT, none was in time}
 * @err{EBADMSG, a record of a size that does not fit T: it is counted and skipped, go on}
 * @err{EINTR, a signal came while waiting}
 * @err{ECANCELED, skep_rings_stop() was called for its rings}
 * @err{EBADF, there is no merge: make it first}
 * @err{EMFILE, too many open files, to wait with: raise ulimit -n}
 * @err{ENOMEM, no memory to note a record: it stays in its ring}
 * @threads{one at a time}
 */
SKEP_API SKEP_MUST_USE int skep_merge_next_raw(struct skep_merge *merge, const void **record,
					       size_t *bytes, int timeout_ms);

/**
 * Takes the next record for skep_merge_foreach(): that none came is an end, and no failure.
 *
 * @param      merge      the merge
 * @param[out] bytes      its size; NULL if not wanted
 * @param      timeout_ms how long to wait for one: 0 not at all, -1 for ever
 * @param[out] err        0, or a negative errno as skep_merge_next_raw(), without EAGAIN and
 *                        ETIMEDOUT
 * @return the record, valid until the next call for this merge; NULL at the end, or on failure
 * @threads{one at a time}
 */
SKEP_API const void *skep_merge_each_raw(struct skep_merge *merge, size_t *bytes, int timeout_ms,
					 int *err);

/**
 * Lets what waits now go without waiting, in order: for the end, when the programs are detached.
 * The next calls deliver it; who comes meanwhile comes with it, until nothing is left.
 *
 * @param merge the merge
 * @threads{one at a time}
 */
SKEP_API void skep_merge_flush(struct skep_merge *merge);

/**
 * The ring of the last record.
 *
 * @param merge the merge
 * @return its index, for skep_rings_ring(); 0 before the first record
 * @threads{one at a time}
 */
SKEP_API unsigned int skep_merge_current(const struct skep_merge *merge);

/**
 * What became of the records.
 *
 * @param      merge the merge
 * @param[out] stats the numbers
 * @param      sz    sizeof(struct skep_merge_stats); skep_merge_stats() passes it
 * @threads{one at a time}
 */
SKEP_API void skep_merge_stats_raw(const struct skep_merge *merge, struct skep_merge_stats *stats,
				   size_t sz);

/**
 * skep_merge_stats_raw() with the caller's size.
 *
 * @param      merge the merge
 * @param[out] stats the numbers
 */
static inline void skep_merge_stats(const struct skep_merge *merge, struct skep_merge_stats *stats)
{
	skep_merge_stats_raw(merge, stats, sizeof(*stats));
}

SKEP_END_DECLS

SKEP_DEFINE_FREEP(skep_merge);

#define SKEP_MERGE_CHECK_(is, sentence)                                                            \
	((void)sizeof(struct {                                                                     \
		_Static_assert(is, sentence);                                                      \
		int x_;                                                                            \
	}))

/**
 * skep_merge_new_raw() for typed handles: `skep_merge_new(&ordered, events, time, NULL)`, where
 * `time` is a member of 8 bytes.
 */
#define skep_merge_new(handle, from, member, opts)                                                 \
	(SKEP_MERGE_CHECK_(__builtin_types_compatible_p(__typeof__(*(handle)->type),               \
							__typeof__(*(from).type)),                 \
			   "skep: this is not the rings' record type"),                            \
	 SKEP_MERGE_CHECK_(sizeof((from).type->member) == 8,                                       \
			   "skep: a time is a member of 8 bytes, in nanoseconds"),                 \
	 skep_merge_new_raw(&(handle)->merge, (from).rings,                                        \
			    offsetof(__typeof__(*(from).type), member), (opts)))

/** `skep_merge_next(ordered, &e, timeout_ms)` with `const T *e`: see skep_merge_next_raw(). */
#define skep_merge_next(handle, record, timeout_ms)                                                \
	skep_merge_next_sized(handle, record, (size_t *)NULL, timeout_ms)

/** skep_merge_next() that tells the record's size too, for rings of variable records. */
#define skep_merge_next_sized(handle, record, bytes, timeout_ms)                                   \
	__extension__({                                                                            \
		const void *skep_record_ = NULL;                                                   \
		(void)sizeof(SKEP_CHECK_((handle).type, *(record),                                 \
					 "skep: this is not the merge's record type"));            \
		int skep_err_ =                                                                    \
			skep_merge_next_raw((handle).merge, &skep_record_, (bytes), (timeout_ms)); \
		if (!skep_err_)                                                                    \
			*(record) = (const __typeof__(*(handle).type) *)skep_record_;              \
		skep_err_;                                                                         \
	})

/**
 * A loop over records in the order of time, `e` being declared as `const T *`: as
 * skep_ring_foreach().
 */
#define skep_merge_foreach(handle, e, timeout_ms, err)                                             \
	for (const __typeof__(*(handle).type) *e;                                                  \
	     (e = (const __typeof__(*(handle).type) *)skep_merge_each_raw(                         \
		      (handle).merge, NULL, (timeout_ms), (err))) != NULL;)

#endif
