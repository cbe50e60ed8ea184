/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_MAP_BATCH_H
#define SKEP_MAP_BATCH_H
/**
 * @file map/batch.h
 * Many entries at a time, in arrays of keys and values; and filling a map from a function. Part of
 * map.h.
 *
 * @code{.c}
 * SKEP_AUTO(skep_map_iter) *place = NULL;            // where the next batch begins
 * struct flow keys[500];
 * struct count values[500];
 * size_t n;
 *
 * do {
 *         n = 500;
 *         if (skep_map_take_batch(flows, &place, keys, values, &n))
 *                 return skep_perror("flows");
 *         report(keys, values, n);
 * } while (n);
 * @endcode
 *
 * One system call serves some thousand entries, where the kernel has batches for the kind of map
 * (5.6, some kinds later); else there is one for each entry, and nothing to change in the program.
 * An entry that is put costs about 0.6 of a single put, one that is read a quarter of a single get.
 */
#include <skep/map/iterate.h>

SKEP_BEGIN_DECLS

/**
 * Reads the next entries of a map into arrays; see skep_map_get_batch().
 *
 * @param         map    the map; it stays open until the place is freed
 * @param[in,out] place  NULL at first: where the reading is, to be freed with skep_map_iter_free()
 *                       when it ends, or earlier
 * @param[out]    keys   room for `*count` keys
 * @param[out]    values room for `*count` values
 * @param[in,out] count  how many there is room for; and then how many came, also on failure: 0 at
 *                       the end of the map
 * @return 0 or a negative errno; what is seen while others write says skep_map_foreach()
 * @err{EPROTOTYPE, the map cannot be gone through or has a value for each CPU: see the calls of its kind}
 * @err{EINVAL, the place is another map's or of skep_map_take_batch(): begin with NULL}
 * @err{EAGAIN, a map that is read key by key changed faster than that: begin anew}
 * @err{EBADF, the handle was never opened: open it first}
 * @err{ENOMEM, no memory}
 * @ownership{the caller frees the place with skep_map_iter_free() or by SKEP_AUTO}
 * @threads{one at a time per place}
 * @kernel{3.19}
 */
SKEP_API SKEP_MUST_USE int skep_map_get_batch_raw(const struct skep_map *map,
						  struct skep_map_iter **place, void *keys,
						  void *values, size_t *count);

/**
 * skep_map_get_batch_raw() that also removes what it reads, at once where the map is read in
 * batches; see skep_map_take_batch(). It visits each bucket once, so it ends though others add.
 *
 * @param         map    the map; not an array, whose elements stay
 * @param[in,out] place  NULL at first, as for skep_map_get_batch_raw()
 * @param[out]    keys   room for `*count` keys
 * @param[out]    values room for `*count` values
 * @param[in,out] count  how many there is room for; and then how many came, also on failure
 * @return 0 or a negative errno, as skep_map_get_batch_raw()
 * @err{ENOSPC, a bucket of the hash has more entries than there is room for: nothing is lost; call again with larger arrays}
 * @err{EPROTOTYPE, an array; or the map cannot be gone through}
 * @err{EPERM, the map may not be written from user space}
 * @ownership{the caller frees the place with skep_map_iter_free() or by SKEP_AUTO}
 * @threads{one at a time per place}
 * @kernel{3.19}
 */
SKEP_API SKEP_MUST_USE int skep_map_take_batch_raw(const struct skep_map *map,
						   struct skep_map_iter **place, void *keys,
						   void *values, size_t *count);

/**
 * Puts entries, one after the other; see skep_map_put_batch().
 *
 * @param         map    the map
 * @param         keys   `*count` keys
 * @param         values `*count` values
 * @param[in,out] count  how many entries; and then how many were put: on failure those before the
 *                       one that was refused, `keys[*count]`
 * @param         how    as for skep_map_put_raw(); with another than SKEP_PUT_ANY each entry is a
 *                       system call
 * @return 0 or a negative errno, as skep_map_put_raw() for the one that was refused
 * @err{E2BIG, the map is full: make it larger before load}
 * @err{EEXIST, the key is there and `how` says SKEP_PUT_NEW}
 * @err{ENOENT, the key is not there and `how` says SKEP_PUT_EXISTING}
 * @err{EPROTOTYPE, the map has other than single values: use the calls of its kind}
 * @err{EBADF, the handle was never opened: open it first}
 * @threads{any, also at once}
 * @kernel{3.19}
 */
SKEP_API SKEP_MUST_USE int skep_map_put_batch_raw(const struct skep_map *map, const void *keys,
						  const void *values, size_t *count,
						  enum skep_put how);

/**
 * Removes keys, one after the other; see skep_map_del_batch().
 *
 * @param         map   the map
 * @param         keys  `*count` keys
 * @param[in,out] count how many keys; and then how many were removed: on failure those before the
 *                      one that was refused, `keys[*count]`
 * @return 0 or a negative errno, as skep_map_del_raw() for the one that was refused
 * @err{ENOENT, `keys[*count]` is not there: go on behind it, if that does not matter}
 * @err{EINVAL, elements of an array cannot be removed: put zeros}
 * @err{EBADF, the handle was never opened: open it first}
 * @threads{any, also at once}
 * @kernel{3.19}
 */
SKEP_API SKEP_MUST_USE int skep_map_del_batch_raw(const struct skep_map *map, const void *keys,
						  size_t *count);

/** A map being filled; used through skep_map_fill(). */
struct skep_map_filler;

/**
 * Starts filling a map; see skep_map_fill().
 *
 * @param[out] out the filler
 * @param      map the map
 * @return 0 or a negative errno
 * @err{EPROTOTYPE, the map has other than single values: use the calls of its kind}
 * @err{EBADF, the handle was never opened: open it first}
 * @err{ENOMEM, no memory}
 * @ownership{the caller frees it with skep_map_filler_free()}
 */
SKEP_API SKEP_MUST_USE int skep_map_filler_new(struct skep_map_filler **out,
					       const struct skep_map *map);

/**
 * Room for one more entry; puts those that wait where there is none.
 *
 * @param      filler the filler
 * @param[out] key    where to write the key; zeroed
 * @param[out] value  where to write the value; zeroed
 * @return 0 or a negative errno, as skep_map_put_batch_raw()
 */
SKEP_API SKEP_MUST_USE int skep_map_filler_room(struct skep_map_filler *filler, void **key,
						void **value);

/**
 * Ends it.
 *
 * @param filler the filler
 * @param result what the function said of the last room it was given: 0 that it has no more, a
 *               negative errno that it failed. What it said before is put in any case
 * @return 0, `result`, or what skep_map_put_batch_raw() says
 */
SKEP_API SKEP_MUST_USE int skep_map_filler_end(struct skep_map_filler *filler, int result);

/**
 * Frees it. What waits and was not put is lost: skep_map_filler_end() puts it. NULL is fine.
 *
 * @param filler the filler
 */
SKEP_API void skep_map_filler_free(struct skep_map_filler *filler);

SKEP_END_DECLS

SKEP_DEFINE_FREEP(skep_map_filler);

/**
 * `skep_map_get_batch(flows, &place, keys, values, &n)` with arrays of K and V: see
 * skep_map_get_batch_raw().
 */
#define skep_map_get_batch(handle, place, keys, values, count)                                     \
	skep_map_get_batch_raw(SKEP_EACH_(handle), (place), SKEP_KEY_(handle, keys),               \
			       SKEP_VALUE_(handle, values), (count))

/** The same and removes them: see skep_map_take_batch_raw(). */
#define skep_map_take_batch(handle, place, keys, values, count)                                    \
	skep_map_take_batch_raw(SKEP_EACH_(handle), (place), SKEP_KEY_(handle, keys),              \
				SKEP_VALUE_(handle, values), (count))

/** `skep_map_put_batch(flows, keys, values, &n)`: see skep_map_put_batch_raw(). */
#define skep_map_put_batch(handle, keys, values, count)                                            \
	skep_map_put_batch_with(handle, keys, values, count, SKEP_PUT_ANY)

/** skep_map_put_batch() that says whether the keys may, must or must not be there. */
#define skep_map_put_batch_with(handle, keys, values, count, how)                                  \
	skep_map_put_batch_raw(SKEP_EACH_(handle), SKEP_KEY_(handle, keys),                        \
			       SKEP_VALUE_(handle, values), (count), (how))

/** `skep_map_del_batch(flows, keys, &n)`: see skep_map_del_batch_raw(). */
#define skep_map_del_batch(handle, keys, count)                                                    \
	skep_map_del_batch_raw(SKEP_WALKED_(handle), SKEP_KEY_(handle, keys), (count))

/**
 * Puts what a function gives, in batches: `int next(K *key, V *value, void *ctx)` returns 1 with
 * an entry, 0 when it has no more, or a negative errno. Both are zeroed before.
 *
 * Returns 0, what `next` failed with, or what skep_map_put_batch_raw() says. In each case what
 * came before the failure is in the map.
 */
#define skep_map_fill(handle, next, ctx)                                                           \
	__extension__({                                                                            \
		SKEP_AUTO(skep_map_filler) *skep_filler_ = NULL;                                   \
		int (*skep_next_)(__typeof__((handle).key), __typeof__((handle).value), void *) =  \
			(next);                                                                    \
		void *skep_ctx_ = (ctx), *skep_key_, *skep_value_;                                 \
		int skep_more_ = 1;                                                                \
		int skep_err_ = skep_map_filler_new(&skep_filler_, SKEP_EACH_(handle));            \
		while (!skep_err_ && skep_more_ > 0) {                                             \
			skep_err_ = skep_map_filler_room(skep_filler_, &skep_key_, &skep_value_);  \
			if (!skep_err_)                                                            \
				skep_more_ = skep_next_((__typeof__((handle).key))skep_key_,       \
							(__typeof__((handle).value))skep_value_,   \
							skep_ctx_);                                \
		}                                                                                  \
		skep_err_ ? skep_err_ : skep_map_filler_end(skep_filler_, skep_more_);             \
	})

#endif
