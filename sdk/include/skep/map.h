/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_MAP_H
#define SKEP_MAP_H
/**
 * @file map.h
 * Typed maps: a handle that knows its key and value, and macros that check them.
 *
 * `skep gen` declares a handle per map; by hand it is one line, and works for a map of an
 * object, a pinned one, and any file descriptor:
 *
 * @code{.c}
 * typedef SKEP_MAP(struct flow, struct count) flow_map;
 *
 * flow_map flows;
 * struct flow flow;
 * struct count count;
 * int err;
 *
 * if (skep_map_open(&flows, object, "flows"))
 *         return skep_perror("flows");
 * skep_map_foreach(flows, &flow, &count, &err)
 *         printf("%u -> %llu\n", flow.port, count.packets);
 * skep_map_free(flows.map);
 * @endcode
 *
 * A wrong type does not compile: `skep: this is not the map's value type`. The size is compared
 * with the kernel's when the handle is opened. get, put and del cost one system call each;
 * foreach one for up to 4,096 entries (5.6, else two for each).
 *
 * The macros are for C. In C++ see skep.hpp.
 */
#include <skep/base.h>
#include <skep/typed.h>

struct bpf_map;

SKEP_BEGIN_DECLS

struct skep_object;

/** A map without types: file descriptor, name and sizes. get, put and del: any thread. */
struct skep_map;

/** A map of key type K and value type V: `typedef SKEP_MAP(__u32, struct stats) stats_map;` */
#define SKEP_MAP(K, V)                                                                             \
	union {                                                                                    \
		struct skep_map *map;                                                              \
		__typeof__(K) *key;                                                                \
		__typeof__(V) *value;                                                              \
	}

/** How skep_map_put_with() treats a key that is there, or is not. */
enum skep_put {
	SKEP_PUT_ANY,      /**< create or replace */
	SKEP_PUT_NEW,      /**< only create: EEXIST when it is there */
	SKEP_PUT_EXISTING, /**< only replace: ENOENT when it is not */
};

/**
 * Opens a map of an object, after load, as a handle of its own; see skep_map_open().
 *
 * @param[out] out         the map
 * @param      object      a loaded object; the map stays valid without it
 * @param      name        the map's name
 * @param      key_bytes   what the caller's key type has
 * @param      value_bytes what the caller's value type has
 * @return 0 or a negative errno
 * @err{ENOENT, the object has no such map: the hint names those it has}
 * @err{EPROTOTYPE, a size differs from the kernel's: use the same struct on both sides}
 * @err{EBADF, the object is not loaded yet: call skep_object_load() first}
 * @err{EMFILE, too many open files: raise ulimit -n}
 * @err{ENOMEM, no memory}
 * @ownership{the caller frees it with skep_map_free()}
 */
SKEP_API SKEP_MUST_USE int skep_map_open_raw(struct skep_map **out,
					     const struct skep_object *object, const char *name,
					     size_t key_bytes, size_t value_bytes);

/**
 * Wraps a file descriptor of a map; see skep_map_adopt_fd().
 *
 * @param[out] out         the map
 * @param      fd          stays the caller's: it is duplicated
 * @param      key_bytes   what the caller's key type has; 0 to take the kernel's
 * @param      value_bytes what the caller's value type has; 0 to take the kernel's
 * @return 0 or a negative errno
 * @err{EBADF, not an open file descriptor}
 * @err{EINVAL, not a map}
 * @err{EPROTOTYPE, a size differs from the kernel's: use the same struct on both sides}
 * @err{ENOMEM, no memory}
 * @ownership{the caller frees it with skep_map_free()}
 * @kernel{4.13}
 */
SKEP_API SKEP_MUST_USE int skep_map_adopt_fd_raw(struct skep_map **out, int fd, size_t key_bytes,
						 size_t value_bytes);

/**
 * Opens a pinned map; see skep_map_open_pinned().
 *
 * @param[out] out         the map
 * @param      path        a path in a BPF file system
 * @param      key_bytes   what the caller's key type has; 0 to take the kernel's
 * @param      value_bytes what the caller's value type has; 0 to take the kernel's
 * @return 0 or a negative errno
 * @err{ENOENT, nothing is pinned there: check the path, and that bpffs is mounted}
 * @err{EPERM, no privilege: run as root or with CAP_BPF}
 * @err{EINVAL, what is pinned there is not a map}
 * @err{EPROTOTYPE, a size differs from the kernel's: use the same struct on both sides}
 * @err{ENOMEM, no memory}
 * @ownership{the caller frees it with skep_map_free()}
 * @kernel{4.4}
 */
SKEP_API SKEP_MUST_USE int skep_map_open_pinned_raw(struct skep_map **out, const char *path,
						    size_t key_bytes, size_t value_bytes);

/**
 * Frees a map that was opened; the kernel's map lives on while somebody has it. NULL is fine.
 *
 * @param map not one borrowed from an object
 */
SKEP_API void skep_map_free(struct skep_map *map);

/**
 * The map's file descriptor.
 *
 * @param map the map
 * @return borrowed; -1 before its object is loaded
 */
SKEP_API int skep_map_fd(const struct skep_map *map);

/**
 * The map's name.
 *
 * @param map the map
 * @return borrowed from the map
 */
SKEP_API const char *skep_map_name(const struct skep_map *map);

/**
 * libbpf's side of the map.
 *
 * @param map the map
 * @return borrowed; NULL for one that was opened by file descriptor or path
 */
SKEP_API struct bpf_map *skep_map_libbpf(const struct skep_map *map);

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

SKEP_DEFINE_FREEP(skep_map);
SKEP_DEFINE_FREEP(skep_map_iter);

#define SKEP_KEY_(m, k)   SKEP_CHECK_((m).key, k, "skep: this is not the map's key type")
#define SKEP_VALUE_(m, v) SKEP_CHECK_((m).value, v, "skep: this is not the map's value type")

/** skep_map_open_raw() for a typed handle: `skep_map_open(&flows, object, "flows")`. */
#define skep_map_open(handle, object, name)                                                        \
	skep_map_open_raw(&(handle)->map, (object), (name), sizeof(*(handle)->key),                \
			  sizeof(*(handle)->value))

/** skep_map_adopt_fd_raw() for a typed handle: `skep_map_adopt_fd(&flows, fd)`. */
#define skep_map_adopt_fd(handle, fd)                                                              \
	skep_map_adopt_fd_raw(&(handle)->map, (fd), sizeof(*(handle)->key),                        \
			      sizeof(*(handle)->value))

/** skep_map_open_pinned_raw() for a typed handle. */
#define skep_map_open_pinned(handle, path)                                                         \
	skep_map_open_pinned_raw(&(handle)->map, (path), sizeof(*(handle)->key),                   \
				 sizeof(*(handle)->value))

/** `skep_map_get(flows, &flow, &count)`: see skep_map_get_raw(). */
#define skep_map_get(handle, k, v)                                                                 \
	skep_map_get_raw((handle).map, SKEP_KEY_(handle, k), SKEP_VALUE_(handle, v))

/** `skep_map_put(flows, &flow, &count)` creates or replaces: see skep_map_put_raw(). */
#define skep_map_put(handle, k, v) skep_map_put_with(handle, k, v, SKEP_PUT_ANY)

/** skep_map_put() that says whether the key may, must or must not be there. */
#define skep_map_put_with(handle, k, v, how)                                                       \
	skep_map_put_raw((handle).map, SKEP_KEY_(handle, k), SKEP_VALUE_(handle, v), (how))

/** `skep_map_del(flows, &flow)`: see skep_map_del_raw(). */
#define skep_map_del(handle, k) skep_map_del_raw((handle).map, SKEP_KEY_(handle, k))

/**
 * A loop over a map's entries, copied into `*k` and `*v`. `break` and `return` are fine.
 * Entries may be added and removed meanwhile, also by the loop's body; it still ends: a key that
 * is there all the time is seen. After the loop `*err` is 0, or a negative errno; -EAGAIN where
 * a kernel without batches (before 5.6) was overtaken by deletes.
 */
#define skep_map_foreach(handle, k, v, err)                                                        \
	for (SKEP_AUTO(skep_map_iter) *skep_iter_ = skep_map_iter_new((handle).map, (err));        \
	     skep_map_iter_next(skep_iter_, SKEP_KEY_(handle, k), SKEP_VALUE_(handle, v));)

#endif
