/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_MAP_SNAPSHOT_H
#define SKEP_MAP_SNAPSHOT_H
/**
 * @file map/snapshot.h
 * All entries of a map at once, as arrays. Part of map.h.
 *
 * @code{.c}
 * SKEP_MAP_SNAPSHOT(struct flow, struct count) all;
 *
 * if (skep_map_drain(flows, &all))                   // or skep_map_snapshot(): and leave them
 *         return skep_perror("flows");
 * for (size_t i = 0; i < all.count; i++)
 *         printf("%u -> %llu\n", all.keys[i].port, all.values[i].packets);
 * skep_map_snapshot_free(all.owner);
 * @endcode
 *
 * It is read in batches, straight into the arrays: what is seen while others write is what
 * skep_map_foreach() sees, exactly once each for a hash. Memory is taken as entries come; address
 * space for as many as the map may have.
 *
 * `.unlocked` reads a hash by a program in the kernel, without the locks of buckets: the
 * fastest way there is, within a few per cent of what going through the buckets costs. It is for
 * maps that only change in place meanwhile: where others add, replace or remove keys, some may be
 * missing or come twice. Where the kernel (before 5.14) or privilege do not allow it, or
 * the map is of another kind, the snapshot is read in batches.
 */
#include <skep/map/batch.h>

SKEP_BEGIN_DECLS

/** Entries of a map, owned. Members are only ever added, at the end. */
struct skep_map_snapshot {
	void *keys;         /**< `count` of them, one behind the other */
	void *values;       /**< the same */
	size_t count;       /**< entries */
	size_t key_bytes;   /**< of a key */
	size_t value_bytes; /**< of a value; for each CPU: of all of them, rounded up to 8 each */
	bool unlocked;      /**< how it was read */
};

/** A typed snapshot: `SKEP_MAP_SNAPSHOT(struct flow, struct count) all;` C only. */
#define SKEP_MAP_SNAPSHOT(K, V)                                                                    \
	struct {                                                                                   \
		struct skep_map_snapshot *owner;                                                   \
		__typeof__(K) *keys;                                                               \
		__typeof__(V) *values;                                                             \
		size_t count;                                                                      \
	}

/** How to read a snapshot. */
struct skep_map_snapshot_opts {
	size_t sz;     /**< set by SKEP_OPTS() */
	bool unlocked; /**< keys do not come and go meanwhile: read by a program, where that can be */
};

/**
 * Reads all entries; see skep_map_snapshot().
 *
 * @param[out] out         the entries
 * @param      map         the map
 * @param      key_bytes   sizeof(K); 0: not compared
 * @param      value_bytes sizeof(V); 0: not compared, and values for each CPU are fine
 * @param      opts        or NULL
 * @return 0 or a negative errno
 * @err{EPROTOTYPE, the map cannot be gone through, or a size is not the map's}
 * @err{EAGAIN, a map that is read key by key changed faster than that: try again}
 * @err{EBADF, the handle was never opened: open it first}
 * @err{ENOMEM, no memory}
 * @ownership{the caller frees it with skep_map_snapshot_free()}
 * @threads{any, also at once}
 * @kernel{3.19}
 */
SKEP_API SKEP_MUST_USE int skep_map_snapshot_raw(struct skep_map_snapshot **out,
						 const struct skep_map *map, size_t key_bytes,
						 size_t value_bytes,
						 const struct skep_map_snapshot_opts *opts);

/**
 * Takes all entries: reads and removes them, a bucket at once where the map is read in batches;
 * see skep_map_drain(). When it fails on the way, what was taken is put back, except for keys that
 * are there again.
 *
 * @param[out] out         the entries
 * @param      map         the map
 * @param      key_bytes   sizeof(K); 0: not compared
 * @param      value_bytes sizeof(V); 0: not compared, and values for each CPU are fine
 * @return 0 or a negative errno, as skep_map_snapshot_raw()
 * @err{EPROTOTYPE, an array: its elements stay; or the map cannot be gone through}
 * @err{EPERM, the map may not be written from user space}
 * @err{ENOMEM, no memory}
 * @ownership{the caller frees it with skep_map_snapshot_free()}
 * @threads{any, also at once}
 * @kernel{3.19}
 */
SKEP_API SKEP_MUST_USE int skep_map_drain_raw(struct skep_map_snapshot **out,
					      const struct skep_map *map, size_t key_bytes,
					      size_t value_bytes);

/**
 * Frees a snapshot. NULL is fine.
 *
 * @param snapshot the entries
 */
SKEP_API void skep_map_snapshot_free(struct skep_map_snapshot *snapshot);

SKEP_END_DECLS

SKEP_DEFINE_FREEP(skep_map_snapshot);

/* What a raw call gave, as the arrays of a typed snapshot. */
#define SKEP_SNAPSHOT_(handle, snap, call)                                                         \
	__extension__({                                                                            \
		struct skep_map_snapshot *skep_owner_ = NULL;                                      \
		__typeof__(snap) skep_snap_ = (snap);                                              \
		(void)sizeof(SKEP_KEY_(handle, skep_snap_->keys));                                 \
		(void)sizeof(SKEP_VALUE_(handle, skep_snap_->values));                             \
		int skep_err_ = (call);                                                            \
		if (!skep_err_) {                                                                  \
			skep_snap_->owner = skep_owner_;                                           \
			skep_snap_->keys = (__typeof__(skep_snap_->keys))skep_owner_->keys;        \
			skep_snap_->values = (__typeof__(skep_snap_->values))skep_owner_->values;  \
			skep_snap_->count = skep_owner_->count;                                    \
		}                                                                                  \
		skep_err_;                                                                         \
	})

/** `skep_map_snapshot(flows, &all)`: see skep_map_snapshot_raw(). */
#define skep_map_snapshot(handle, snap) skep_map_snapshot_with(handle, snap, NULL)

/** skep_map_snapshot() with `SKEP_OPTS(skep_map_snapshot_opts, .unlocked = true)`. */
#define skep_map_snapshot_with(handle, snap, opts)                                                 \
	SKEP_SNAPSHOT_(handle, snap,                                                               \
		       skep_map_snapshot_raw(&skep_owner_, SKEP_EACH_(handle),                     \
					     sizeof(*(handle).key), sizeof(*(handle).value),       \
					     (opts)))

/** `skep_map_drain(flows, &all)`: see skep_map_drain_raw(). */
#define skep_map_drain(handle, snap)                                                               \
	SKEP_SNAPSHOT_(handle, snap,                                                               \
		       skep_map_drain_raw(&skep_owner_, SKEP_EACH_(handle), sizeof(*(handle).key), \
					  sizeof(*(handle).value)))

#endif
