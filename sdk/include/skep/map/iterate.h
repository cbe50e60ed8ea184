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
 *
 * What it shows while others add, replace and remove entries, and the loop's body does:
 *
 * | kind | a key that is there all the time | how it is read |
 * |---|---|---|
 * | hash, LRU hash, per-CPU ones | exactly once | whole buckets under their lock, up to 4,096 entries a call (5.6) |
 * | array | once, by index | up to 4,096 entries a call (5.6) |
 * | LPM trie | once, in the order of keys, longer prefixes before those that contain them | up to 64 MiB a call (5.13), else two calls for an entry |
 * | devmap, cpumap | once, by index; empty places are left out | one call for a place |
 * | devmap hash; hashes before 5.6 | at least once; again after another key was removed under it; may be missed when it is replaced | two calls for an entry |
 * | storage of sockets, inodes, tasks, cgroups | cannot be gone through from here: an iterator program can | |
 *
 * An LRU hash may evict entries meanwhile: what is evicted is not there all the time. A
 * kernel before 6.13 may pass over prefixes of an LPM trie when another process removes one at that
 * moment. Every loop ends: where a map that is read key by key changes faster than it can be
 * followed, with -EAGAIN. Keys that are added meanwhile may be seen or not.
 */
#include <skep/map/ops.h>

#include <string.h>

SKEP_BEGIN_DECLS

/**
 * An iteration under way; used through skep_map_foreach(). The part that the inlined fast path
 * sees: its layout never changes.
 */
struct skep_map_iter {
	const unsigned char *key;   /**< of the next entry, where `left` is not 0 */
	const unsigned char *value; /**< the same */
	size_t left;                /**< entries that need no call */
};

/**
 * Starts an iteration; see skep_map_foreach().
 *
 * @param      map the map; it stays open until the iteration is freed
 * @param[out] err 0, or a negative errno as they come: ENOMEM; EBADF for a handle that was never
 *                 opened; EPROTOTYPE for maps that cannot be gone through, or that have a value
 *                 for each CPU; EAGAIN for one that is read key by key and changed faster than
 *                 that; and what the kernel says
 * @return the iteration, for skep_map_iter_next() and skep_map_iter_free(); NULL on failure
 */
SKEP_API struct skep_map_iter *skep_map_iter_new(const struct skep_map *map, int *err);

/**
 * skep_map_iter_new() that knows the caller's types: for loops that copy entries inline.
 *
 * @param      map         the map; it stays open until the iteration is freed
 * @param      key_bytes   sizeof(K)
 * @param      value_bytes sizeof(V)
 * @param[out] err         as for skep_map_iter_new(); EPROTOTYPE also where a size is not the map's
 * @return as skep_map_iter_new()
 */
SKEP_API struct skep_map_iter *skep_map_iter_new_sized(const struct skep_map *map, size_t key_bytes,
						       size_t value_bytes, int *err);

/**
 * Goes to the next entry.
 *
 * @param      iter  the iteration; NULL is fine, and over
 * @param[out] key   a copy of the key
 * @param[out] value a copy of the value; NULL: not wanted
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

/* skep_map_iter_next() without a call, for entries that were read already. */
static inline bool skep_map_iter_each_(struct skep_map_iter *iter, void *key, size_t key_bytes,
				       void *value, size_t value_bytes)
{
	if (!iter || !iter->left)
		return skep_map_iter_next(iter, key, value);
	memcpy(key, iter->key, key_bytes);
	if (value)
		memcpy(value, iter->value, value_bytes);
	iter->key += key_bytes;
	iter->value += value_bytes;
	iter->left--;
	return true;
}

SKEP_END_DECLS

SKEP_DEFINE_FREEP(skep_map_iter);

/* Maps with one value for a key, of which all can be read. */
#define SKEP_EACH_(m)                                                                              \
	(SKEP_NEED_WALK_(m), SKEP_NEED_DATA_(m),                                                   \
	 SKEP_MAP_NOT_(m, SKEP_ACCESS_PERCPU,                                                      \
		       "skep: this map has a value for each CPU: use skep_percpu_foreach()"),      \
	 SKEP_MAP_NOT_(m, SKEP_ACCESS_NESTED,                                                      \
		       "skep: the values are maps: use skep_map_foreach_inner()"),                 \
	 SKEP_MAP_NOT_(m, SKEP_ACCESS_STACKS,                                                      \
		       "skep: the values are stacks: use skep_stacks_foreach()"),                  \
	 (m).map)

/**
 * A loop over a map's entries, copied into `*k` and `*v`. `break` and `return` are fine.
 * Entries may be added and removed meanwhile, also by the loop's body; it still ends: see the table
 * at the top of map/iterate.h. After the loop `*err` is 0, or a negative errno as of
 * skep_map_iter_new().
 */
#define skep_map_foreach(handle, k, v, err)                                                        \
	SKEP_FOREACH_(SKEP_HERE_(skep_iter_), handle, k, SKEP_VALUE_(handle, v), err)

/** skep_map_foreach() over keys alone: `skep_map_foreach_key(flows, &flow, &err)`. */
#define skep_map_foreach_key(handle, k, err)                                                       \
	SKEP_FOREACH_(SKEP_HERE_(skep_iter_), handle, k, NULL, err)

#define SKEP_FOREACH_(it, handle, k, v, err)                                                       \
	for (SKEP_AUTO(skep_map_iter) *it = skep_map_iter_new_sized(                               \
		     SKEP_EACH_(handle), sizeof(*(handle).key), sizeof(*(handle).value), (err));   \
	     skep_map_iter_each_(it, SKEP_KEY_(handle, k), sizeof(*(handle).key), v,               \
				 sizeof(*(handle).value));)

#endif
