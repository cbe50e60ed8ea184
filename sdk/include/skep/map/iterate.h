/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_MAP_ITERATE_H
#define SKEP_MAP_ITERATE_H
/**
 * @file map/iterate.h
 * A loop over the entries of a map. Part of map.h.
 *
 * @code{.c}
 * skep_map_foreach(flows, &flow, &count, &err)
 *         printf("%u -> %llu\n", flow.port, count.packets);
 * if (err)
 *         return skep_perror("flows");
 * @endcode
 */
#include <skep/map/ops.h>

SKEP_BEGIN_DECLS

/** An iteration under way; used through skep_map_foreach(). */
struct skep_map_iter;

/**
 * Starts an iteration; see skep_map_foreach().
 *
 * @param      map the map
 * @param[out] err 0, or a negative errno as they come
 * @return the iteration, for skep_map_iter_next() and skep_map_iter_free(); NULL on failure
 */
SKEP_API struct skep_map_iter *skep_map_iter_new(const struct skep_map *map, int *err);

/**
 * Goes to the next entry.
 *
 * @param      iter  the iteration; NULL is fine, and over
 * @param[out] key   a copy of the key
 * @param[out] value a copy of the value
 * @return whether there was one; when not, `*err` of skep_map_iter_new() says whether that was
 *         the end (0) or a failure
 */
SKEP_API bool skep_map_iter_next(struct skep_map_iter *iter, void *key, void *value);

/**
 * Ends an iteration. NULL is fine.
 *
 * @param iter the iteration
 */
SKEP_API void skep_map_iter_free(struct skep_map_iter *iter);

SKEP_END_DECLS

SKEP_DEFINE_FREEP(skep_map_iter);

/**
 * A loop over a map's entries, copied into `*k` and `*v`. `break` and `return` are fine.
 * Entries may be added and removed meanwhile, also by the loop's body; it still ends: a key that
 * is there all the time is seen. After the loop `*err` is 0, or a negative errno; -EAGAIN where
 * a kernel without batches (before 5.6) was overtaken by deletes.
 */
#define skep_map_foreach(handle, k, v, err)                                                        \
	for (SKEP_AUTO(skep_map_iter) *skep_iter_ = skep_map_iter_new(SKEP_PLAIN_(handle), (err)); \
	     skep_map_iter_next(skep_iter_, SKEP_KEY_(handle, k), SKEP_VALUE_(handle, v));)

#endif
