/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_RING_TAGGED_H
#define SKEP_RING_TAGGED_H
/**
 * @file ring/tagged.h
 * One ring for several types of records, each with a tag and a handler of its own. Part of ring.h.
 *
 * A union in the shared header says which types there are. Its members have the names of the tags,
 * which are below 64:
 *
 * @code{.c}
 * enum file_tag { FILE_OPENED, FILE_CLOSED };
 * struct opened { int fd; };
 * struct closed { int fd; long bytes; };
 * union file_event {
 *         struct opened FILE_OPENED;
 *         struct closed FILE_CLOSED;
 * };
 *
 * static int on_opened(const struct opened *e, void *ctx) { return printf("%d\n", e->fd) < 0; }
 * static int on_closed(const struct closed *e, void *ctx) { return printf("%ld\n", e->bytes) < 0; }
 *
 * SKEP_TAGGED(on_file, union file_event,
 *             SKEP_TAG_HANDLER(FILE_OPENED, on_opened)
 *             SKEP_TAG_HANDLER(FILE_CLOSED, on_closed))
 *
 * typedef SKEP_TAGGED_RING(union file_event) file_ring;
 *
 * file_ring files;
 *
 * if (skep_tagged_open(&files, object, "files", NULL) ||
 *     skep_loop_add_tagged(loop, files, on_file, NULL) || skep_loop_run(loop))
 *         return skep_perror("files");
 * @endcode
 *
 * The program declares it with `SKEP_RINGBUF_TAGGED(files, union file_event, 1 << 20)`, and writes
 * with `skep_emit_as(ctx, &files, FILE_OPENED, e)`.
 *
 * A handler of the wrong type does not compile. A record with a tag that has no handler, or whose
 * length is not that of its tag's type, is refused (EBADMSG), counted, and never passed on. A tag
 * costs 8 bytes in a record, and a switch when it is taken.
 *
 * The macros are for C. In C++ see skep.hpp.
 */
#include <skep/ring.h>
#include <skep/types.h>

SKEP_BEGIN_DECLS

/** A ring of tagged records: `typedef SKEP_TAGGED_RING(union file_event) file_ring;` */
#define SKEP_TAGGED_RING(U)                                                                        \
	union {                                                                                    \
		struct skep_ring *ring;                                                            \
		__typeof__(U) *tagged;                                                             \
	}

/** A record on its way to its handler; used through SKEP_TAGGED(). */
struct skep_tagged_call {
	uint32_t tag;       /**< as the program wrote it */
	bool taken;         /**< set where a handler is called */
	size_t bytes;       /**< of the record, without its tag */
	size_t expected;    /**< set to the size of the tag's type; left 0 for unknown tags */
	const void *record; /**< in place */
	void *ctx;          /**< the handler's */
};

/** The handlers of a tagged ring, as SKEP_TAGGED() makes it. */
struct skep_tagged {
	int (*call)(struct skep_tagged_call *call); /**< finds and calls the handler */
};

/** What became of the records of one type. */
struct skep_ring_type_stats {
	uint64_t consumed;  /**< passed on to the handler */
	uint64_t dropped;   /**< did not fit into the ring */
	uint64_t discarded; /**< given up by the program */
	bool counted; /**< whether `dropped` and `discarded` are known: the program writes with
				 skep_emit_as() */
};

/**
 * Opens a reader for a tagged ring of a loaded object; see skep_tagged_open().
 *
 * @param[out] out    the reader
 * @param      object a loaded object; the reader stays valid without it
 * @param      name   the ring's name
 * @param      bytes  sizeof(U), of the union of all types
 * @param      opts   or NULL
 * @return 0 or a negative errno, as skep_ring_open_raw(), and
 * @err{EPROTOTYPE, U is not the union that the ring was declared with, or the ring is none of
 *      SKEP_RINGBUF_TAGGED(): use one shared header}
 * @ownership{the caller frees it with skep_ring_free()}
 * @kernel{5.8}
 */
SKEP_API SKEP_MUST_USE int skep_tagged_open_raw(struct skep_ring **out,
						const struct skep_object *object, const char *name,
						size_t bytes, const struct skep_ring_opts *opts);

/**
 * Opens a reader for any ring buffer of tagged records; see skep_tagged_adopt_fd().
 *
 * @param[out] out   the reader
 * @param      fd    a ring buffer map; stays the caller's: it is duplicated
 * @param      bytes sizeof(U), of the union of all types
 * @param      opts  or NULL
 * @return 0 or a negative errno, as skep_ring_adopt_fd_raw()
 * @ownership{the caller frees it with skep_ring_free()}
 * @kernel{5.8}
 */
SKEP_API SKEP_MUST_USE int skep_tagged_adopt_fd_raw(struct skep_ring **out, int fd, size_t bytes,
						    const struct skep_ring_opts *opts);

/**
 * Takes the next record, and calls the handler of its type; see skep_tagged_next().
 *
 * @param ring       the reader
 * @param tagged     the handlers
 * @param ctx        passed to them
 * @param timeout_ms how long to wait for one: 0 not at all, -1 for ever
 * @return what the handler returned, or a negative errno as skep_ring_next_raw(), and
 * @err{EBADMSG, a record with an unknown tag, or of a size that does not fit its tag: it is
 *      counted and skipped, go on}
 * @err{EINVAL, not a reader of skep_tagged_open(): open it so}
 * @err{EBADF, there is no ring: open it first}
 * @threads{one at a time per ring}
 */
SKEP_API SKEP_MUST_USE int skep_tagged_next_raw(struct skep_ring *ring,
						const struct skep_tagged *tagged, void *ctx,
						int timeout_ms);

/**
 * What became of the records of one type: skep_ring_type_stats() passes the size.
 *
 * @param      ring  a reader of skep_tagged_open()
 * @param      tag   the type's tag
 * @param[out] stats the numbers; untouched on failure
 * @param      sz    sizeof(struct skep_ring_type_stats)
 * @return 0 or a negative errno
 * @err{EINVAL, not a reader of skep_tagged_open(), or the tag is not below 64}
 * @err{EBADF, there is no ring: open it first}
 * @threads{one at a time per ring}
 */
SKEP_API SKEP_MUST_USE int skep_ring_type_stats_raw(const struct skep_ring *ring, uint32_t tag,
						    struct skep_ring_type_stats *stats, size_t sz);

/**
 * skep_ring_type_stats_raw() with the caller's size.
 *
 * @param      ring  a reader of skep_tagged_open()
 * @param      tag   the type's tag
 * @param[out] stats the numbers; untouched on failure
 * @return 0 or a negative errno
 * @err{EINVAL, not a reader of skep_tagged_open(), or the tag is not below 64}
 * @err{EBADF, there is no ring: open it first}
 */
SKEP_MUST_USE static inline int skep_ring_type_stats(const struct skep_ring *ring, uint32_t tag,
						     struct skep_ring_type_stats *stats)
{
	return skep_ring_type_stats_raw(ring, tag, stats, sizeof(*stats));
}

SKEP_END_DECLS

/** skep_tagged_open_raw() for a handle: `skep_tagged_open(&files, object, "files", NULL)`. */
#define skep_tagged_open(handle, object, name, opts)                                               \
	skep_tagged_open_raw(&(handle)->ring, (object), (name), sizeof(*(handle)->tagged), (opts))

/** skep_tagged_adopt_fd_raw() for a handle: `skep_tagged_adopt_fd(&files, fd, NULL)`. */
#define skep_tagged_adopt_fd(handle, fd, opts)                                                     \
	skep_tagged_adopt_fd_raw(&(handle)->ring, (fd), sizeof(*(handle)->tagged), (opts))

/**
 * Handlers for the records of a tagged ring, at file scope: the name, the union, and a
 * SKEP_TAG_HANDLER() for each type, with nothing between them.
 */
#define SKEP_TAGGED(name, U, ...)                                                                  \
	static int name##_call_(struct skep_tagged_call *skep_call_)                               \
	{                                                                                          \
		typedef U skep_union_;                                                             \
                                                                                                   \
		switch (skep_call_->tag) {                                                         \
			__VA_ARGS__                                                                \
		default:                                                                           \
			break;                                                                     \
		}                                                                                  \
		return 0;                                                                          \
	}                                                                                          \
	__attribute__((unused)) static const struct name##_tagged_ {                               \
		struct skep_tagged tagged;                                                         \
		U *type;                                                                           \
	} name = { { name##_call_ }, NULL };

/** One handler of SKEP_TAGGED(): `int fn(const T *record, void *ctx)`, T being the member `tag_`. */
#define SKEP_TAG_HANDLER(tag_, fn)                                                                   \
	case tag_: {                                                                                 \
		typedef __typeof__(((skep_union_ *)0)->tag_) skep_type_;                             \
                                                                                                     \
		_Static_assert((tag_) >= 0 && (tag_) < SKEP_TAGS_MOST, "skep: a tag is below 64");   \
		SKEP_REQUIRE_(                                                                       \
			__builtin_types_compatible_p(__typeof__(*(fn)),                              \
						     int(const skep_type_ *, void *)),               \
			"skep: this handler is not int fn(const T *, void *) with the T of " #tag_); \
		skep_call_->expected = sizeof(skep_type_);                                           \
		if (skep_call_->bytes != sizeof(skep_type_))                                         \
			break;                                                                       \
		skep_call_->taken = true;                                                            \
		return (fn)((const skep_type_ *)skep_call_->record, skep_call_->ctx);                \
	}

/* The handlers `name`, or a compile error where they are for another union than the ring's. */
#define SKEP_TAGGED_FOR_(handle, name)                                                             \
	((void)sizeof(SKEP_CHECK_((handle).tagged, (name).type,                                    \
				  "skep: these handlers are for another union than the ring's")),  \
	 &(name).tagged)

/** `skep_tagged_next(files, on_file, ctx, timeout_ms)`: see skep_tagged_next_raw(). */
#define skep_tagged_next(handle, name, ctx, timeout_ms)                                            \
	skep_tagged_next_raw((handle).ring, SKEP_TAGGED_FOR_(handle, name), (ctx), (timeout_ms))

#endif
