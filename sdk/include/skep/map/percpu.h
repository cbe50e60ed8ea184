/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_MAP_PERCPU_H
#define SKEP_MAP_PERCPU_H
/**
 * @file skep/map/percpu.h
 * Per-CPU maps: a key has a value for each CPU, which programs change without atomics. Part of
 * map.h.
 *
 * User space reads and writes the values of all possible CPUs at once, through a view: a buffer
 * that the library makes as large as the kernel wants it (values are 8 bytes aligned there, and
 * CPUs that may be plugged in later count), and that knows V.
 *
 * @code{.c}
 * typedef SKEP_PERCPU_MAP(__u32, __u64) hits_map;
 * typedef SKEP_PERCPU_VIEW(__u64) hits_view;
 *
 * hits_map hits;
 * hits_view view;
 * __u32 key = 0;
 *
 * if (skep_map_open(&hits, object, "hits") || skep_percpu_new(&view, hits))
 *         return skep_perror("hits");
 * if (!skep_percpu_get(hits, &key, view))
 *         printf("%llu in all, %llu on CPU 0\n", (unsigned long long)skep_percpu_sum(view),
 *                *skep_percpu_at(view, 0));
 * skep_percpu_free(view.percpu);
 * skep_map_free(hits.map);
 * @endcode
 *
 * get, put and del are one system call each. What sums, finds the least and so on is in
 * map/percpu_reduce.h; a loop over all keys is below. Kinds: per-CPU hash (4.6), per-CPU array
 * (4.6), per-CPU LRU hash (4.10).
 */
#include <skep/map/ops.h>

SKEP_BEGIN_DECLS

/** The values of one key. Its members are read by macros of this header; they stay as they are. */
struct skep_percpu {
	unsigned char *bytes;    /**< values, each at the next multiple of 8 bytes */
	const uint32_t *numbers; /**< the CPU of each value; NULL: value i is CPU i's */
	uint32_t count;          /**< how many values: the CPUs that this machine may have */
	uint32_t value_bytes;    /**< sizeof(V) */
	uint32_t lent;           /**< of a loop: skep_percpu_free() leaves it alone */
};

/** A loop over the keys of a per-CPU map; used through skep_percpu_foreach(). */
struct skep_percpu_iter;

/**
 * Makes a view that holds the values of any key of a map; see skep_percpu_new().
 *
 * @param[out] out the view; all values are zero
 * @param      map a per-CPU map; the view stays valid without it
 * @return 0 or a negative errno
 * @err{EBADF, there is no map: open the handle first}
 * @err{EPROTOTYPE, not a per-CPU map: the hint says what its handle is}
 * @err{EIO, the number of CPUs cannot be learned: mount /sys}
 * @err{ENOMEM, no memory}
 * @ownership{the caller frees it with skep_percpu_free()}
 */
SKEP_API SKEP_MUST_USE int skep_percpu_new_raw(struct skep_percpu **out,
					       const struct skep_map *map);

/**
 * Frees a view. NULL, and one that a loop lends, are fine.
 *
 * @param view the view
 */
SKEP_API void skep_percpu_free(struct skep_percpu *view);

/**
 * Copies the values of a key out; see skep_percpu_get().
 *
 * @param      map  the map
 * @param      key  its key
 * @param[out] view where the values go; untouched on failure
 * @return 0 or a negative errno
 * @err{ENOENT, no such key}
 * @err{EBADF, there is no map: open the handle first}
 * @err{EPROTOTYPE, not a per-CPU map, or the view is for values of another size: make it with skep_percpu_new()}
 * @err{EPERM, the map may not be read from user space}
 * @threads{any, with a view of its own each}
 * @kernel{4.6}
 */
SKEP_API SKEP_MUST_USE int skep_percpu_get_raw(const struct skep_map *map, const void *key,
					       struct skep_percpu *view);

/**
 * Sets the values of all CPUs; see skep_percpu_put().
 *
 * Programs may change them at the same time: theirs or these win, CPU by CPU.
 *
 * @param map  the map
 * @param key  the key
 * @param view the values
 * @param how  whether the key may, must or must not be there
 * @return 0 or a negative errno
 * @err{EEXIST, the key is there and `how` says SKEP_PUT_NEW}
 * @err{ENOENT, the key is not there and `how` says SKEP_PUT_EXISTING}
 * @err{E2BIG, the map is full, or the array has no such index: make it larger before load}
 * @err{EBADF, there is no map: open the handle first}
 * @err{EPROTOTYPE, not a per-CPU map, or the view is for values of another size: make it with skep_percpu_new()}
 * @err{ENOMEM, the kernel has no memory}
 * @err{EPERM, the map may not be written from user space}
 * @threads{any, also at once}
 * @kernel{4.6}
 */
SKEP_API SKEP_MUST_USE int skep_percpu_put_raw(const struct skep_map *map, const void *key,
					       const struct skep_percpu *view, enum skep_put how);

/**
 * Sets the values of all CPUs to one, or one CPU's and the others to zero; see
 * skep_percpu_put_all() and skep_percpu_put_on().
 *
 * @param map   the map
 * @param key   the key
 * @param value one value
 * @param cpu   the number of the CPU that gets it; -1: all of them
 * @return 0 or a negative errno
 * @err{EINVAL, this machine never has a CPU of that number: see skep_percpu_each()}
 * @err{E2BIG, the map is full, or the array has no such index: make it larger before load}
 * @err{EBADF, there is no map: open the handle first}
 * @err{EPROTOTYPE, not a per-CPU map: the hint says what its handle is}
 * @err{EIO, the number of CPUs cannot be learned: mount /sys}
 * @err{ENOMEM, no memory}
 * @err{EPERM, the map may not be written from user space}
 * @threads{any, also at once}
 * @kernel{4.6}
 */
SKEP_API SKEP_MUST_USE int skep_percpu_put_value_raw(const struct skep_map *map, const void *key,
						     const void *value, int64_t cpu);

/**
 * The place of a CPU's value; see skep_percpu_at().
 *
 * @param view the view
 * @param cpu  the CPU's number
 * @return borrowed from the view; NULL where this machine never has that CPU
 */
SKEP_API void *skep_percpu_at_raw(const struct skep_percpu *view, unsigned int cpu);

/**
 * Sets all values of a view to one; see skep_percpu_fill().
 *
 * @param view  the view
 * @param value the value; NULL: zero
 */
SKEP_API void skep_percpu_fill_raw(struct skep_percpu *view, const void *value);

/**
 * Starts a loop over all keys; see skep_percpu_foreach().
 *
 * @param      map the map
 * @param[out] err 0, or a negative errno as they come
 * @return the loop; NULL on failure
 */
SKEP_API struct skep_percpu_iter *skep_percpu_iter_new(const struct skep_map *map, int *err);

/**
 * Goes to the next key.
 *
 * @param      iter the loop; NULL is fine, and over
 * @param[out] key  a copy of the key; NULL: not wanted
 * @param[out] view its values, lent until the next call or the end of the loop
 * @return whether there was one; when not, `*err` of skep_percpu_iter_new() says why
 */
SKEP_API bool skep_percpu_iter_next(struct skep_percpu_iter *iter, void *key,
				    struct skep_percpu **view);

/**
 * Ends a loop. NULL is fine.
 *
 * @param iter the loop
 */
SKEP_API void skep_percpu_iter_free(struct skep_percpu_iter *iter);

/* The i-th value, for loops over all of them. */
static inline void *skep_percpu_value_(const struct skep_percpu *view, uint32_t i, size_t stride)
{
	return view->bytes + i * stride;
}

static inline uint32_t skep_percpu_count_(const struct skep_percpu *view)
{
	return view ? view->count : 0;
}

static inline void *skep_percpu_at_(const struct skep_percpu *view, unsigned int cpu, size_t stride)
{
	if (!view)
		return NULL;
	if (view->numbers)
		return skep_percpu_at_raw(view, cpu);
	return cpu < view->count ? view->bytes + cpu * stride : NULL;
}

static inline unsigned int skep_percpu_number_(const struct skep_percpu *view, uint32_t i)
{
	return view->numbers ? view->numbers[i] : i;
}

SKEP_END_DECLS

SKEP_DEFINE_FREEP(skep_percpu);

/* For SKEP_AUTO_VIEW(): a view begins with its values. */
__attribute__((unused)) static inline void skep_percpu_view_freep_(void *view)
{
	skep_percpu_free(*(struct skep_percpu **)view);
}

/**
 * A view that is freed when its scope ends: `SKEP_AUTO_VIEW(hits_view) view = { NULL };`. Not for
 * the view of skep_percpu_foreach(), which is lent.
 */
#define SKEP_AUTO_VIEW(view) __attribute__((cleanup(skep_percpu_view_freep_))) view
SKEP_DEFINE_FREEP(skep_percpu_iter);

/** A map with values V for each CPU: `typedef SKEP_PERCPU_MAP(__u32, __u64) hits_map;` */
#define SKEP_PERCPU_MAP(K, V) SKEP_HANDLE_(SKEP_ACCESS_PERCPU, K, V)

/** The values V of one key on all CPUs: `typedef SKEP_PERCPU_VIEW(__u64) hits_view;` */
#define SKEP_PERCPU_VIEW(V)                                                                        \
	union {                                                                                    \
		struct skep_percpu *percpu;                                                        \
		__typeof__(V) *value;                                                              \
	}

#define SKEP_PERCPU_(m)                                                                            \
	SKEP_MAP_WHERE_(m, SKEP_IS_(m, SKEP_ACCESS_PERCPU),                                        \
			"skep: this call is for per-CPU maps, SKEP_PERCPU_MAP()")

/* The struct of a view that goes with a handle. */
#define SKEP_VIEW_OF_(m, view)                                                                     \
	((void)SKEP_CHECK_((m).value, (view).value,                                                \
			   "skep: this view is not of the map's value type"),                      \
	 (view).percpu)

/* Known when compiled, so that a loop over CPUs is one over an array. */
#define SKEP_PERCPU_STRIDE_(view) ((sizeof(*(view).value) + 7) & ~(size_t)7)

/** `skep_percpu_new(&view, hits)`: see skep_percpu_new_raw(). */
#define skep_percpu_new(view, handle)                                                              \
	skep_percpu_new_raw(((void)SKEP_VIEW_OF_(handle, *(view)), &(view)->percpu),               \
			    SKEP_PERCPU_(handle))

/** `skep_percpu_get(hits, &key, view)`: see skep_percpu_get_raw(). */
#define skep_percpu_get(handle, k, view)                                                           \
	skep_percpu_get_raw(SKEP_PERCPU_(handle), SKEP_KEY_(handle, k), SKEP_VIEW_OF_(handle, view))

/** `skep_percpu_put(hits, &key, view)` creates or replaces: see skep_percpu_put_raw(). */
#define skep_percpu_put(handle, k, view) skep_percpu_put_with(handle, k, view, SKEP_PUT_ANY)

/** skep_percpu_put() that says whether the key may, must or must not be there. */
#define skep_percpu_put_with(handle, k, view, how)                                                 \
	skep_percpu_put_raw(SKEP_PERCPU_(handle), SKEP_KEY_(handle, k),                            \
			    SKEP_VIEW_OF_(handle, view), (how))

/** `skep_percpu_put_all(hits, &key, &value)`: one value on all CPUs. */
#define skep_percpu_put_all(handle, k, v)                                                          \
	skep_percpu_put_value_raw(SKEP_PERCPU_(handle), SKEP_KEY_(handle, k),                      \
				  SKEP_VALUE_(handle, v), -1)

/** `skep_percpu_put_on(hits, &key, cpu, &value)`: a value on one CPU, zero on the others. */
#define skep_percpu_put_on(handle, k, cpu, v)                                                      \
	skep_percpu_put_value_raw(SKEP_PERCPU_(handle), SKEP_KEY_(handle, k),                      \
				  SKEP_VALUE_(handle, v), (int64_t)(unsigned int)(cpu))

/** `skep_percpu_del(hits, &key)`: see skep_map_del_raw(). */
#define skep_percpu_del(handle, k) skep_map_del_raw(SKEP_PERCPU_(handle), SKEP_KEY_(handle, k))

/** A pointer to a CPU's value in a view; NULL where this machine never has that CPU. */
#define skep_percpu_at(view, cpu)                                                                  \
	((__typeof__((view).value))skep_percpu_at_((view).percpu, (cpu), SKEP_PERCPU_STRIDE_(view)))

/**
 * How many values a view has: the CPUs that this machine may have, plugged in or not. A view that
 * was not made (`{ NULL }`) has none: loops over it end at once, and sums are 0.
 */
#define skep_percpu_cpus(view) skep_percpu_count_((view).percpu)

/** Sets all values of a view: `skep_percpu_fill(view, &value)`; NULL: to zero. */
#define skep_percpu_fill(view, v)                                                                  \
	skep_percpu_fill_raw((view).percpu, 1 ? (v) : (const __typeof__(*(view).value) *)NULL)

/**
 * A loop over the values of a view: `skep_percpu_each(view, cpu, v)`, where `cpu` is an unsigned
 * int and `v` a pointer to V, set for each value.
 */
#define skep_percpu_each(view, cpu, v) SKEP_PERCPU_EACH_(SKEP_HERE_(skep_i_), view, cpu, v)
#define SKEP_PERCPU_EACH_(i, view, cpu, v)                                                         \
	for (uint32_t i = 0;                                                                       \
	     i < skep_percpu_cpus(view) && ((v) = (__typeof__((view).value))skep_percpu_value_(    \
						    (view).percpu, i, SKEP_PERCPU_STRIDE_(view)),  \
					   (cpu) = skep_percpu_number_((view).percpu, i), true);   \
	     i++)

/**
 * A loop over the keys of a per-CPU map: `skep_percpu_foreach(hits, &key, &view, &err)`. `view`
 * is a variable of its own: what it points to is lent for one round, and not freed. `break` and
 * `return` are fine; after the loop `*err` is 0 or a negative errno, as of skep_map_foreach().
 * It costs one system call for many keys (5.6; per-CPU arrays 5.13), and copies no values.
 */
#define skep_percpu_foreach(handle, k, view, err)                                                  \
	SKEP_PERCPU_FOREACH_(SKEP_HERE_(skep_iter_), handle, k, view, err)
#define SKEP_PERCPU_FOREACH_(it, handle, k, view, err)                                             \
	for (SKEP_AUTO(skep_percpu_iter) *it = skep_percpu_iter_new(SKEP_PERCPU_(handle), (err));  \
	     skep_percpu_iter_next(it, SKEP_KEY_(handle, k),                                       \
				   ((void)SKEP_VIEW_OF_(handle, *(view)), &(view)->percpu));)

#include <skep/map/percpu_reduce.h>

#endif
