/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_MAP_OPS_H
#define SKEP_MAP_OPS_H
/**
 * @file map/ops.h
 * One entry at a time: get, put, del, take; and count and clear. Part of map.h.
 *
 * @code{.c}
 * if (skep_map_get(flows, &flow, &count) == -ENOENT)
 *         return skep_map_put(flows, &flow, &first);
 * @endcode
 *
 * get, put, del and take are one system call each, and nothing more: 0.3 us and up, by the kind of
 * map. The typed macros compile to the call of the `..._raw` function alone.
 */
#include <skep/map/handle.h>

#include <errno.h>

SKEP_BEGIN_DECLS

/** How skep_map_put_with() treats a key that is there, or is not. */
enum skep_put {
	SKEP_PUT_ANY,                 /**< create or replace */
	SKEP_PUT_NEW,                 /**< only create: EEXIST when it is there */
	SKEP_PUT_EXISTING,            /**< only replace: ENOENT when it is not */
	SKEP_PUT_LOCKED = 4,          /**< SKEP_PUT_ANY under the bpf_spin_lock in the value */
	SKEP_PUT_LOCKED_EXISTING = 6, /**< SKEP_PUT_EXISTING under the bpf_spin_lock in the value */
};

/** How skep_map_take_with() takes. */
enum skep_take {
	SKEP_TAKE_ATOMIC,    /**< at once: nobody can change the value in between */
	SKEP_TAKE_TWO_STEPS, /**< where the kernel cannot, get and then del: what others write
				  between the two is lost */
};

/**
 * Copies the value of a key out; see skep_map_get().
 *
 * @param      map   the map
 * @param      key   its key
 * @param[out] value where the value goes; untouched on failure
 * @return 0 or a negative errno
 * @err{ENOENT, no such key}
 * @err{EBADF, the handle was never opened, or its file descriptor was closed: open it first}
 * @err{EPROTOTYPE, the map has other than single values: use the calls of its kind}
 * @err{EPERM, the map may not be read from user space}
 * @threads{any, also at once}
 * @kernel{3.19}
 */
SKEP_API SKEP_MUST_USE int skep_map_get_raw(const struct skep_map *map, const void *key,
					    void *value);

/**
 * skep_map_get_raw() under the bpf_spin_lock in the value: never half of what a program writes
 * under it. The lock itself is copied as zero.
 *
 * @param      map   the map
 * @param      key   its key
 * @param[out] value where the value goes; untouched on failure
 * @return 0 or a negative errno, as skep_map_get_raw()
 * @err{EINVAL, the value has no bpf_spin_lock, or the map was made without BTF: use skep_map_get()}
 * @threads{any, also at once}
 * @kernel{5.1}
 */
SKEP_API SKEP_MUST_USE int skep_map_get_locked_raw(const struct skep_map *map, const void *key,
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
 * @err{EBADF, the handle was never opened, or its file descriptor was closed: open it first}
 * @err{EPROTOTYPE, the map has other than single values: use the calls of its kind}
 * @err{EPERM, the map may not be written from user space}
 * @err{EINVAL, `how` is none, or asks for a lock that the value does not have}
 * @threads{any, also at once}
 * @kernel{3.19}
 */
SKEP_API SKEP_MUST_USE int skep_map_put_raw(const struct skep_map *map, const void *key,
					    const void *value, enum skep_put how);

/**
 * Puts a value where the key is new, and gets the one that is there where it is not; see
 * skep_map_get_or_put(). Two calls for a new key, else one.
 *
 * @param         map   the map
 * @param         key   the key
 * @param[in,out] value what a new key gets; then what the map has
 * @return 0 or a negative errno, as skep_map_get_raw() and skep_map_put_raw()
 * @err{EAGAIN, others added and removed the key again and again meanwhile: try again}
 * @threads{any, also at once}
 * @kernel{3.19}
 */
SKEP_MUST_USE static inline int skep_map_get_or_put_raw(const struct skep_map *map, const void *key,
							void *value)
{
	int err;

	for (int i = 0; i < 16; i++) {
		err = skep_map_get_raw(map, key, value);
		if (err != -ENOENT)
			return err;
		err = skep_map_put_raw(map, key, value, SKEP_PUT_NEW);
		if (err != -EEXIST)
			return err;
	}
	return -EAGAIN;
}

/**
 * Removes a key; see skep_map_del().
 *
 * @param map the map
 * @param key the key
 * @return 0 or a negative errno
 * @err{ENOENT, no such key}
 * @err{EBADF, the handle was never opened, or its file descriptor was closed: open it first}
 * @err{EINVAL, elements of an array cannot be removed: put a zero}
 * @threads{any, also at once}
 * @kernel{3.19}
 */
SKEP_API int skep_map_del_raw(const struct skep_map *map, const void *key);

/**
 * Gets the value of a key and removes the key; see skep_map_take().
 *
 * @param      map   the map
 * @param      key   its key
 * @param[out] value where the value goes; untouched on failure
 * @param      how   whether it must be at once
 * @return 0 or a negative errno
 * @err{ENOENT, no such key}
 * @err{EOPNOTSUPP, the running kernel cannot take from a hash at once: SKEP_TAKE_TWO_STEPS, if a lost write does not matter}
 * @err{EPROTOTYPE, no kernel can take from a map of this kind at once: SKEP_TAKE_TWO_STEPS; of an array get and put a zero}
 * @err{EBADF, the handle was never opened, or its file descriptor was closed: open it first}
 * @err{EINVAL, `how` is no enum skep_take}
 * @threads{any, also at once}
 * @kernel{5.14}
 */
SKEP_API SKEP_MUST_USE int skep_map_take_raw(const struct skep_map *map, const void *key,
					     void *value, enum skep_take how);

/**
 * Counts the entries by going through them; see skep_map_count().
 *
 * @param      map   the map
 * @param[out] count how many there are; an array has them all. While others add and remove, the
 *                   number is one that keys that were there all the time are part of
 * @return 0 or a negative errno, as skep_map_iter_new()
 * @err{EPROTOTYPE, a map of this kind cannot be gone through}
 * @err{EAGAIN, a map that is read key by key changed faster than that: try again}
 * @err{ENOMEM, no memory}
 * @threads{any, also at once}
 * @kernel{3.19}
 */
SKEP_API SKEP_MUST_USE int skep_map_count_raw(const struct skep_map *map, uint64_t *count);

/**
 * Removes all entries, in one passage; see skep_map_clear(). Elements of an array become zero.
 *
 * @param map the map
 * @return 0 or a negative errno, as skep_map_iter_new(); some may then be removed already
 * @err{EPROTOTYPE, a map of this kind cannot be gone through}
 * @err{EAGAIN, a map that is read key by key was filled faster than that: try again}
 * @err{EPERM, the map may not be written from user space}
 * @err{ENOMEM, no memory}
 * @threads{any, also at once}
 * @kernel{3.19}
 */
SKEP_API SKEP_MUST_USE int skep_map_clear_raw(const struct skep_map *map);

SKEP_END_DECLS

/*
 * Nothing for a handle that has keys; else a compile error that names the calls it has. Written
 * for each kind apart, so that the sentence can be of that kind.
 */
#define SKEP_NEED_KEYS_(m)                                                                         \
	SKEP_NEED_HANDLE_(m),                                                                      \
		SKEP_MAP_NOT_(m, SKEP_ACCESS_QUEUE,                                                \
			      "skep: a queue has no keys: use skep_queue_push(), "                 \
			      "skep_queue_pop(), skep_queue_peek()"),                              \
		SKEP_MAP_NOT_(m, SKEP_ACCESS_BLOOM,                                                \
			      "skep: a bloom filter has no keys, and forgets nothing: use "        \
			      "skep_bloom_add(), skep_bloom_has()"),                               \
		SKEP_MAP_NOT_(m, SKEP_ACCESS_USER_RING,                                            \
			      "skep: a ring has no keys: use skep_user_ring_new(), "               \
			      "skep_user_ring_reserve()"),                                         \
		SKEP_MAP_NOT_(m, SKEP_ACCESS_ARENA,                                                \
			      "skep: an arena has no keys: use skep_arena_map()")
#define SKEP_WITH_KEYS_(m) (SKEP_NEED_KEYS_(m), (m).map)

/* The same for what goes through the keys. */
#define SKEP_NEED_WALK_(m)                                                                         \
	SKEP_NEED_KEYS_(m),                                                                        \
		SKEP_MAP_NOT_(m, SKEP_ACCESS_STORAGE,                                              \
			      "skep: only an iterator program can go through a storage")
#define SKEP_WALKED_(m) (SKEP_NEED_WALK_(m), (m).map)

/* The same for values that are no data. */
#define SKEP_NEED_DATA_(m)                                                                         \
	SKEP_NEED_KEYS_(m),                                                                        \
		SKEP_MAP_NOT_(m, SKEP_ACCESS_SOCKETS,                                              \
			      "skep: the values are sockets: use skep_map_get_socket(), "          \
			      "skep_map_set_socket()"),                                            \
		SKEP_MAP_NOT_(m, SKEP_ACCESS_FDS,                                                  \
			      "skep: the values are file descriptors: use skep_map_set_fd()"),     \
		SKEP_MAP_NOT_(m, SKEP_ACCESS_PROGRAMS,                                             \
			      "skep: the values are programs: use skep_map_get_program(), "        \
			      "skep_map_set_program()")

/* Maps with one value for a key, copied as it is. */
#define SKEP_PLAIN_(m)                                                                             \
	(SKEP_NEED_DATA_(m),                                                                       \
	 SKEP_MAP_NOT_(m, SKEP_ACCESS_PERCPU,                                                      \
		       "skep: this map has a value for each CPU: use skep_percpu_get(), "          \
		       "skep_percpu_put()"),                                                       \
	 SKEP_MAP_NOT_(m, SKEP_ACCESS_NESTED,                                                      \
		       "skep: the values are maps: use skep_map_get_inner(), "                     \
		       "skep_map_set_inner()"),                                                    \
	 SKEP_MAP_NOT_(m, SKEP_ACCESS_STACKS,                                                      \
		       "skep: the values are stacks: use skep_stacks_get()"),                      \
	 (m).map)

/** `skep_map_get(flows, &flow, &count)`: see skep_map_get_raw(). */
#define skep_map_get(handle, k, v)                                                                 \
	skep_map_get_raw(SKEP_PLAIN_(handle), SKEP_KEY_(handle, k), SKEP_VALUE_(handle, v))

/** skep_map_get() under the bpf_spin_lock in the value: see skep_map_get_locked_raw(). */
#define skep_map_get_locked(handle, k, v)                                                          \
	skep_map_get_locked_raw(SKEP_PLAIN_(handle), SKEP_KEY_(handle, k), SKEP_VALUE_(handle, v))

/** `skep_map_put(flows, &flow, &count)` creates or replaces: see skep_map_put_raw(). */
#define skep_map_put(handle, k, v) skep_map_put_with(handle, k, v, SKEP_PUT_ANY)

/** skep_map_put() that says whether the key may, must or must not be there. */
#define skep_map_put_with(handle, k, v, how)                                                       \
	skep_map_put_raw(SKEP_PLAIN_(handle), SKEP_KEY_(handle, k), SKEP_VALUE_(handle, v), (how))

/** `skep_map_put_new(flows, &flow, &count)` only creates: EEXIST when it is there. */
#define skep_map_put_new(handle, k, v) skep_map_put_with(handle, k, v, SKEP_PUT_NEW)

/** `skep_map_put_existing(flows, &flow, &count)` only replaces: ENOENT when it is not there. */
#define skep_map_put_existing(handle, k, v) skep_map_put_with(handle, k, v, SKEP_PUT_EXISTING)

/**
 * `skep_map_get_or_put(flows, &flow, &count)` puts `count` where the key is new, and gets into it
 * what is there where it is not: see skep_map_get_or_put_raw().
 */
#define skep_map_get_or_put(handle, k, v)                                                          \
	skep_map_get_or_put_raw(SKEP_PLAIN_(handle), SKEP_KEY_(handle, k), SKEP_VALUE_(handle, v))

/** `skep_map_del(flows, &flow)`: see skep_map_del_raw(). */
#define skep_map_del(handle, k) skep_map_del_raw(SKEP_WITH_KEYS_(handle), SKEP_KEY_(handle, k))

/** `skep_map_take(flows, &flow, &count)`: get and del at once, see skep_map_take_raw(). */
#define skep_map_take(handle, k, v) skep_map_take_with(handle, k, v, SKEP_TAKE_ATOMIC)

/** skep_map_take() that says what to do where the kernel cannot do it at once. */
#define skep_map_take_with(handle, k, v, how)                                                      \
	skep_map_take_raw(SKEP_PLAIN_(handle), SKEP_KEY_(handle, k), SKEP_VALUE_(handle, v), (how))

/** `skep_map_count(flows, &n)` with `uint64_t n`: see skep_map_count_raw(). */
#define skep_map_count(handle, count) skep_map_count_raw(SKEP_WALKED_(handle), (count))

/** `skep_map_clear(flows)`: see skep_map_clear_raw(). */
#define skep_map_clear(handle) skep_map_clear_raw(SKEP_WALKED_(handle))

#endif
