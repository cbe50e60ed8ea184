/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_MAP_OPS_H
#define SKEP_MAP_OPS_H
/**
 * @file map/ops.h
 * One entry at a time: get, put, del. Part of map.h.
 *
 * @code{.c}
 * if (skep_map_get(flows, &flow, &count) == -ENOENT)
 *         return skep_map_put(flows, &flow, &first);
 * @endcode
 *
 * Each is one system call, and nothing more: 0.3 us and up, by the kind of map.
 */
#include <skep/map/handle.h>

SKEP_BEGIN_DECLS

/** How skep_map_put_with() treats a key that is there, or is not. */
enum skep_put {
	SKEP_PUT_ANY,      /**< create or replace */
	SKEP_PUT_NEW,      /**< only create: EEXIST when it is there */
	SKEP_PUT_EXISTING, /**< only replace: ENOENT when it is not */
};

/**
 * Copies the value of a key out; see skep_map_get().
 *
 * @param      map   the map
 * @param      key   its key
 * @param[out] value where the value goes; untouched on failure
 * @return 0 or a negative errno
 * @err{ENOENT, no such key}
 * @err{EPERM, the map may not be read from user space}
 * @threads{any, also at once}
 * @kernel{3.19}
 */
SKEP_API SKEP_MUST_USE int skep_map_get_raw(const struct skep_map *map, const void *key,
					    void *value);

/**
 * Sets the value of a key; see skep_map_put().
 *
 * @param map   the map
 * @param key   the key
 * @param value the value
 * @param how   whether the key may, must or must not be there
 * @return 0 or a negative errno
 * @err{EEXIST, the key is there and `how` says SKEP_PUT_NEW}
 * @err{ENOENT, the key is not there and `how` says SKEP_PUT_EXISTING}
 * @err{E2BIG, the map is full, or the array has no such index: make it larger before load}
 * @err{ENOMEM, the kernel has no memory}
 * @err{EPERM, the map may not be written from user space}
 * @threads{any, also at once}
 * @kernel{3.19}
 */
SKEP_API SKEP_MUST_USE int skep_map_put_raw(const struct skep_map *map, const void *key,
					    const void *value, enum skep_put how);

/**
 * Removes a key; see skep_map_del().
 *
 * @param map the map
 * @param key the key
 * @return 0 or a negative errno
 * @err{ENOENT, no such key}
 * @err{EINVAL, elements of an array cannot be removed}
 * @threads{any, also at once}
 * @kernel{3.19}
 */
SKEP_API int skep_map_del_raw(const struct skep_map *map, const void *key);

SKEP_END_DECLS

/* Maps with one value for a key, copied as it is. */
#define SKEP_PLAIN_(m)                                                                             \
	SKEP_MAP_WHERE_(m, SKEP_IS_(m, SKEP_ACCESS_KEYED) || SKEP_IS_(m, SKEP_ACCESS_STORAGE),     \
			"skep: maps of this kind have calls of their own: see skep/map.h")

/** `skep_map_get(flows, &flow, &count)`: see skep_map_get_raw(). */
#define skep_map_get(handle, k, v)                                                                 \
	skep_map_get_raw(SKEP_PLAIN_(handle), SKEP_KEY_(handle, k), SKEP_VALUE_(handle, v))

/** `skep_map_put(flows, &flow, &count)` creates or replaces: see skep_map_put_raw(). */
#define skep_map_put(handle, k, v) skep_map_put_with(handle, k, v, SKEP_PUT_ANY)

/** skep_map_put() that says whether the key may, must or must not be there. */
#define skep_map_put_with(handle, k, v, how)                                                       \
	skep_map_put_raw(SKEP_PLAIN_(handle), SKEP_KEY_(handle, k), SKEP_VALUE_(handle, v), (how))

/** `skep_map_del(flows, &flow)`: see skep_map_del_raw(). */
#define skep_map_del(handle, k) skep_map_del_raw((handle).map, SKEP_KEY_(handle, k))

#endif
