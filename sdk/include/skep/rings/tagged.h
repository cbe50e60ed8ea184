/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_RINGS_TAGGED_H
#define SKEP_RINGS_TAGGED_H
/**
 * @file rings/tagged.h
 * Several types of records (ring/tagged.h) in many rings. Part of rings.h.
 *
 * @code{.c}
 * enum file_tag { FILE_OPENED };
 * struct opened { int fd; };
 * union file_event { struct opened FILE_OPENED; };
 *
 * static int on_opened(const struct opened *e, void *ctx) { return printf("%d\n", e->fd) < 0; }
 * SKEP_TAGGED(on_file, union file_event, SKEP_TAG_HANDLER(FILE_OPENED, on_opened))
 *
 * typedef SKEP_TAGGED_RINGS(union file_event) file_rings;
 *
 * file_rings files;
 *
 * if (skep_tagged_rings_open(&files, object, "files", NULL) ||
 *     skep_loop_add_tagged_rings(loop, files, on_file, NULL) || skep_loop_run(loop))
 *         return skep_perror("files");
 * @endcode
 *
 * The program declares them with `SKEP_RINGBUF_TAGGED_PER_CPU(files, union file_event, 1 << 20)` or
 * `SKEP_RINGBUF_TAGGED_SHARDS()`. Records come as from any many rings: each ring in its turn. For
 * their order in time make a merge (merge.h) of `files.rings`, with `.time`, and hand what it gives
 * to skep_tagged_pass().
 */
#include <skep/ring/tagged.h>
#include <skep/rings.h>

SKEP_BEGIN_DECLS

/** Rings of tagged records: `typedef SKEP_TAGGED_RINGS(union file_event) file_rings;` */
#define SKEP_TAGGED_RINGS(U)                                                                       \
	union {                                                                                    \
		struct skep_rings *rings;                                                          \
		__typeof__(U) *tagged;                                                             \
	}

/**
 * Opens readers for all rings of an array of tagged rings, or for one; see skep_tagged_rings_open().
 *
 * @param[out] out    the readers
 * @param      object a loaded object; the readers stay valid without it
 * @param      name   the map's name
 * @param      bytes  sizeof(U), of the union of all types
 * @param      opts   or NULL; for each of them
 * @return 0 or a negative errno, as skep_rings_open_raw(), and
 * @err{EPROTOTYPE, U is not the union that they were declared with, or their records have no tags:
 *      use one shared header}
 * @ownership{the caller frees it with skep_rings_free()}
 * @kernel{5.8}
 */
SKEP_API SKEP_MUST_USE int skep_tagged_rings_open_raw(struct skep_rings **out,
						      const struct skep_object *object,
						      const char *name, size_t bytes,
						      const struct skep_ring_opts *opts);

/**
 * Takes the next record of any ring, and calls the handler of its type; see skep_tagged_rings_next().
 *
 * @param rings      the readers
 * @param tagged     the handlers
 * @param ctx        passed to them
 * @param timeout_ms how long to wait for one: 0 not at all, -1 for ever
 * @return what the handler returned, or a negative errno as skep_rings_next_raw(), and
 * @err{EBADMSG, a record with an unknown tag, or of a size that does not fit its tag: it is
 *      counted and skipped, go on}
 * @err{EINVAL, not readers of skep_tagged_rings_open(): open them so}
 * @err{EBADF, there are no rings: open them first}
 * @threads{one at a time}
 */
SKEP_API SKEP_MUST_USE int skep_tagged_rings_next_raw(struct skep_rings *rings,
						      const struct skep_tagged *tagged, void *ctx,
						      int timeout_ms);

/**
 * Calls the handler of a tagged record that was taken otherwise, as by a merge or a pool.
 *
 * @param ring   the record's ring: of skep_tagged_open(), or one of skep_tagged_rings_open()
 * @param tagged the handlers
 * @param record what was taken, with its tag
 * @param bytes  its size
 * @param ctx    passed to the handler
 * @return what the handler returned, or a negative errno
 * @err{EBADMSG, an unknown tag, or a size that does not fit it: it is counted, go on}
 * @err{EINVAL, not a reader of skep_tagged_open(): open it so}
 * @err{EBADF, there is no ring: open it first}
 * @threads{one at a time per ring}
 */
SKEP_API SKEP_MUST_USE int skep_tagged_pass_raw(struct skep_ring *ring,
						const struct skep_tagged *tagged,
						const void *record, size_t bytes, void *ctx);

/**
 * What became of the records of one type, in all rings: skep_rings_type_stats() passes the size.
 *
 * @param      rings readers of skep_tagged_rings_open()
 * @param      tag   the type's tag
 * @param[out] stats the numbers; untouched on failure
 * @param      sz    sizeof(struct skep_ring_type_stats)
 * @return 0 or a negative errno
 * @err{EINVAL, not readers of skep_tagged_rings_open(), or the tag is not below 64}
 * @err{EBADF, there are no rings: open them first}
 * @threads{one at a time}
 */
SKEP_API SKEP_MUST_USE int skep_rings_type_stats_raw(const struct skep_rings *rings, uint32_t tag,
						     struct skep_ring_type_stats *stats, size_t sz);

/**
 * skep_rings_type_stats_raw() with the caller's size.
 *
 * @param      rings readers of skep_tagged_rings_open()
 * @param      tag   the type's tag
 * @param[out] stats the numbers; untouched on failure
 * @return 0 or a negative errno
 * @err{EINVAL, not readers of skep_tagged_rings_open(), or the tag is not below 64}
 * @err{EBADF, there are no rings: open them first}
 */
SKEP_MUST_USE static inline int skep_rings_type_stats(const struct skep_rings *rings, uint32_t tag,
						      struct skep_ring_type_stats *stats)
{
	return skep_rings_type_stats_raw(rings, tag, stats, sizeof(*stats));
}

/**
 * Calls the handler of its type for each record of each ring; see skep_loop_add_tagged_rings().
 *
 * @param loop   the loop
 * @param rings  readers of skep_tagged_rings_open(); stay the caller's, and must outlive the loop
 * @param tagged the handlers
 * @param ctx    passed to them
 * @return 0 or a negative errno; then handlers may be called for some of the rings
 * @err{EINVAL, not readers of skep_tagged_rings_open(): open them so}
 * @err{EBADF, there are no rings: open them first}
 * @err{EEXIST, one of the rings is in this loop already}
 * @err{EBUSY, a merge or a pool reads one of them: free that first}
 * @err{ENOMEM, no memory}
 */
SKEP_API SKEP_MUST_USE int skep_loop_add_tagged_rings_raw(struct skep_loop *loop,
							  const struct skep_rings *rings,
							  const struct skep_tagged *tagged,
							  void *ctx);

SKEP_END_DECLS

/** skep_tagged_rings_open_raw() for a handle: `skep_tagged_rings_open(&files, object, "files", NULL)`. */
#define skep_tagged_rings_open(handle, object, name, opts)                                         \
	skep_tagged_rings_open_raw(&(handle)->rings, (object), (name), sizeof(*(handle)->tagged),  \
				   (opts))

/** `skep_tagged_rings_next(files, on_file, ctx, timeout_ms)`: see skep_tagged_rings_next_raw(). */
#define skep_tagged_rings_next(handle, name, ctx, timeout_ms)                                      \
	skep_tagged_rings_next_raw((handle).rings, SKEP_TAGGED_FOR_(handle, name), (ctx),          \
				   (timeout_ms))

/** `skep_tagged_pass(files, ring, on_file, record, bytes, ctx)`: see skep_tagged_pass_raw(). */
#define skep_tagged_pass(handle, ring, name, record, bytes, ctx)                                   \
	skep_tagged_pass_raw((ring), SKEP_TAGGED_FOR_(handle, name), (record), (bytes), (ctx))

/** `skep_loop_add_tagged_rings(loop, files, on_file, ctx)`: skep_loop_add_tagged_rings_raw(). */
#define skep_loop_add_tagged_rings(loop, handle, name, ctx)                                        \
	skep_loop_add_tagged_rings_raw((loop), (handle).rings, SKEP_TAGGED_FOR_(handle, name),     \
				       (ctx))

#endif
