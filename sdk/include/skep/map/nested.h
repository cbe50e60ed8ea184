/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_MAP_NESTED_H
#define SKEP_MAP_NESTED_H
/**
 * @file skep/map/nested.h
 * Maps of maps: a whole map is replaced at once, while programs look things up in it. Part of
 * map.h.
 *
 * @code{.c}
 * typedef SKEP_MAP(struct flow, struct count) flow_map;
 * typedef SKEP_MAP_OF_MAPS(__u32, flow_map) generations_map;
 *
 * generations_map generations;
 * flow_map fresh;
 * __u32 key = 0;
 *
 * if (skep_map_open(&generations, object, "generations") ||
 *     skep_map_new_inner(generations, &fresh, "fresh", 0) ||
 *     skep_map_set_inner(generations, &key, fresh))
 *         return skep_perror("generations");
 * @endcode
 *
 * A program that looks up the outer map gets the old inner map or the new one, whole. When
 * skep_map_set_inner() returns, no program uses the old one any more, except those that sleep:
 * this costs a grace period of the kernel, some milliseconds.
 */
#include <skep/map/handle.h>
#include <skep/map/iterate.h>

SKEP_BEGIN_DECLS

/**
 * Sets the inner map of a key; see skep_map_set_inner().
 *
 * @param outer a map of maps
 * @param key   its key
 * @param inner like those that `outer` was made for; the kernel keeps it, the handle may be freed
 * @return 0 or a negative errno
 * @err{EPROTOTYPE, `inner` is not what `outer` was made for: the message names what differs}
 * @err{E2BIG, the outer map is full, or has no such index}
 * @err{EBADF, one of them is not loaded: call skep_object_load() first}
 * @err{EPERM, the map may not be written from user space}
 * @threads{any, also at once}
 * @kernel{4.12}
 */
SKEP_API SKEP_MUST_USE int skep_map_set_inner_raw(const struct skep_map *outer, const void *key,
						  const struct skep_map *inner);

/**
 * Opens the inner map of a key; see skep_map_get_inner().
 *
 * @param[out] out   the inner map
 * @param      outer a map of maps
 * @param      key   its key
 * @param      shape what the caller's types are; NULL: anything
 * @return 0 or a negative errno
 * @err{ENOENT, no such key}
 * @err{EAGAIN, the inner map was replaced each time it was looked at: try again}
 * @err{EPROTOTYPE, the inner map is of another kind or has other sizes}
 * @err{EPERM, opening a map by its id needs CAP_SYS_ADMIN}
 * @ownership{the caller frees it with skep_map_free(); it stays valid when it is replaced}
 * @threads{any, also at once}
 * @kernel{4.13}
 */
SKEP_API SKEP_MUST_USE int skep_map_get_inner_raw(struct skep_map **out,
						  const struct skep_map *outer, const void *key,
						  const struct skep_map_shape *shape);

/**
 * Makes an empty map like those that are in a map of maps; see skep_map_new_inner(). It is not put
 * into it.
 *
 * @param[out] out     the new map
 * @param      outer   a map of maps
 * @param      name    as for skep_map_new_raw(); NULL: that of the one it is like
 * @param      entries 0: as many as the one it is like. Arrays take others only when they were
 *                     declared with BPF_F_INNER_MAP
 * @param      shape   what the caller's types are; NULL: anything
 * @return 0 or a negative errno
 * @err{ENOENT, there is none yet that it could be like: make the first with skep_map_new()}
 * @err{EPROTOTYPE, those that are there are not what this handle is for}
 * @err{EPERM, opening a map by its id needs CAP_SYS_ADMIN}
 * @ownership{the caller frees it with skep_map_free()}
 * @threads{any}
 * @kernel{4.13}
 */
SKEP_API SKEP_MUST_USE int skep_map_new_inner_raw(struct skep_map **out,
						  const struct skep_map *outer, const char *name,
						  uint32_t entries,
						  const struct skep_map_shape *shape);

SKEP_END_DECLS

/**
 * A map whose values are maps: `typedef SKEP_MAP_OF_MAPS(__u32, flow_map) generations_map;`.
 * INNER is the typed handle of those maps. As values, user space sees their ids.
 */
#define SKEP_MAP_OF_MAPS(K, INNER)                                                                 \
	union {                                                                                    \
		struct skep_map *map;                                                              \
		__typeof__(K) *key;                                                                \
		uint32_t *value;                                                                   \
		__typeof__(INNER) *inner;                                                          \
		char (*access_)[SKEP_ACCESS_NESTED];                                               \
	}

#define SKEP_NESTED_(m)                                                                            \
	SKEP_MAP_WHERE_(m, SKEP_IS_(m, SKEP_ACCESS_NESTED), "skep: this is not a map of maps")

/* The map of handle `m`, which must be such as the outer one holds: it need not be one typedef. */
#define SKEP_INNER_(outer, m)                                                                      \
	SKEP_MAP_WHERE_(m,                                                                         \
			sizeof(*(outer).inner->access_) == sizeof(*(m).access_) &&                 \
				SKEP_SAME_((outer).inner->key, (m).key) &&                         \
				SKEP_SAME_((outer).inner->value, (m).value),                       \
			"skep: this is not the type of the inner maps")

/** `skep_map_set_inner(outer, &key, inner)` creates or replaces: see skep_map_set_inner_raw(). */
#define skep_map_set_inner(outer, k, inner)                                                        \
	skep_map_set_inner_raw(SKEP_NESTED_(outer), SKEP_KEY_(outer, k), SKEP_INNER_(outer, inner))

/** `skep_map_get_inner(outer, &key, &inner)`: see skep_map_get_inner_raw(). */
#define skep_map_get_inner(outer, k, inner)                                                        \
	skep_map_get_inner_raw(((void)sizeof(SKEP_INNER_(outer, *(inner))), &(inner)->map),        \
			       SKEP_NESTED_(outer), SKEP_KEY_(outer, k), SKEP_MAP_SHAPE(inner))

/** `skep_map_new_inner(outer, &inner, "name", 0)`: see skep_map_new_inner_raw(). */
#define skep_map_new_inner(outer, inner, name, entries)                                            \
	skep_map_new_inner_raw(((void)sizeof(SKEP_INNER_(outer, *(inner))), &(inner)->map),        \
			       SKEP_NESTED_(outer), (name), (entries), SKEP_MAP_SHAPE(inner))

/**
 * A loop over the keys of a map of maps and the ids of the inner maps (uint32_t), as
 * skep_map_foreach(). An id is that of a map that may be gone when it is opened.
 */
#define skep_map_foreach_inner(outer, k, id, err)                                                  \
	SKEP_FOREACH_INNER_(SKEP_HERE_(skep_iter_), outer, k, id, err)
#define SKEP_FOREACH_INNER_(it, outer, k, id, err)                                                 \
	for (SKEP_AUTO(skep_map_iter) *it = skep_map_iter_new(SKEP_NESTED_(outer), (err));         \
	     skep_map_iter_next(it, SKEP_KEY_(outer, k), SKEP_VALUE_(outer, id));)

#endif
