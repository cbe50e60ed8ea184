/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_TESTING_HOST_MAP_H
#define SKEP_TESTING_HOST_MAP_H
/**
 * @file testing/host_map.h
 * The maps of BPF programs that run on the host, as user space sees the kernel's: the same operations, with
 * the same results and errnos. Part of testing/host.h.
 *
 * @code{.c}
 * #include <linux/bpf.h>
 * #include <skep/testing/host.h>
 * #include <skep/testing.h>
 *
 * static void index_beyond_the_end_is_refused(void **state)
 * {
 *         struct skep_host_map *map = skep_host_map("packets");
 *         uint32_t key = 256;
 *         uint64_t value = 1;
 *
 *         skep_assert_error(skep_host_map_update(map, &key, &value, BPF_ANY), E2BIG);
 * }
 * @endcode
 *
 * Hosted are hashes, arrays (both also with a value for each CPU), LRU hashes, LPM tries, queues, stacks,
 * rings, perf buffers, storages, arrays of programs, and maps of maps. A test gives hashes, arrays, LRU
 * hashes, tries, queues and stacks the same 10,000 random operations as the kernel's, on each kernel, and finds
 * the same results, errnos and contents. What is not the same: the order of a hash; the LRU hash without
 * BPF_F_NO_COMMON_LRU, which here forgets as if it had that flag and one CPU; and what kernels themselves do
 * differently: per-CPU maps of 7.3 take BPF_NOEXIST and BPF_EXIST at once, and LPM tries without the fixes of
 * December 2024 take no notice of either.
 */
#include <skep/base.h>

#include <stddef.h>
#include <stdint.h>

SKEP_BEGIN_DECLS

/** A map: of a hosted program, or of the test. */
struct skep_host_map;

/** What a map is, by the kernel's names. */
struct skep_host_map_def {
	uint32_t type;        /**< BPF_MAP_TYPE_HASH and so on */
	uint32_t key_size;    /**< bytes of a key */
	uint32_t value_size;  /**< bytes of a value, of one CPU */
	uint32_t max_entries; /**< how many there may be; of rings: bytes */
	uint32_t flags;       /**< BPF_F_NO_COMMON_LRU is looked at */
};

/**
 * A map of a hosted program.
 *
 * @param name its name in the program; one that no program has fails the test
 * @return the map
 */
SKEP_API struct skep_host_map *skep_host_map(const char *name);

/**
 * Gives a map another number of entries, until the reset, as skep_object_resize() does; empties it.
 *
 * @param name    the map's
 * @param entries how many there may be; of rings: bytes
 */
SKEP_API void skep_host_set_entries(const char *name, uint32_t entries);

/**
 * Makes a map that no program declares: for a map of maps, or to compare.
 *
 * @param[out] out  the map
 * @param      name for messages
 * @param      def  what it is
 * @return 0 or a negative errno
 * @err{EINVAL, sizes that the kernel does not take either: the message says which}
 * @err{EOPNOTSUPP, this type is not hosted: test it in the kernel}
 * @ownership{the caller frees it with skep_host_map_free()}
 */
SKEP_API SKEP_MUST_USE int skep_host_map_new(struct skep_host_map **out, const char *name,
					     const struct skep_host_map_def *def);

/**
 * Frees a map of skep_host_map_new(). NULL is fine.
 *
 * @param map the map
 */
SKEP_API void skep_host_map_free(struct skep_host_map *map);

/**
 * How many entries a map has; of rings, how many records wait.
 *
 * @param map the map
 * @return the number
 */
SKEP_API size_t skep_host_map_count(const struct skep_host_map *map);

/**
 * The bytes of a value as user space sees it: of per-CPU maps one for each CPU, each on 8 bytes.
 *
 * @param map the map
 * @return bytes
 */
SKEP_API size_t skep_host_map_value_bytes(const struct skep_host_map *map);

/**
 * What bpf_map_lookup_elem_flags() of user space does, with its errnos.
 *
 * @param      map   the map
 * @param      key   the key; NULL for queues and stacks, which are looked at
 * @param[out] value skep_host_map_value_bytes() bytes
 * @param      flags 0 or BPF_F_LOCK
 * @return 0 or a negative errno
 * @err{ENOENT, there is no such key\, or the queue is empty: nothing to mend}
 * @err{EINVAL, other flags: give 0}
 * @err{EOPNOTSUPP, not for this kind of map: see skep_host_record() for rings}
 */
SKEP_API int skep_host_map_lookup(struct skep_host_map *map, const void *key, void *value,
				  uint64_t flags);

/**
 * What bpf_map_update_elem() of user space does, with its errnos.
 *
 * @param map   the map; a queue or stack is pushed to
 * @param key   the key; NULL for queues and stacks
 * @param value the value; of maps of maps a `struct skep_host_map *`, of program arrays a function
 * @param flags BPF_ANY, BPF_NOEXIST, BPF_EXIST
 * @return 0 or a negative errno
 * @err{EEXIST, BPF_NOEXIST and the key is there: give BPF_ANY}
 * @err{ENOENT, BPF_EXIST and it is not: give BPF_ANY}
 * @err{E2BIG, the map is full\, or the index beyond its end: delete\, or make it larger}
 * @err{ENOSPC, the trie is full: delete\, or make it larger}
 * @err{EINVAL, flags or a key that the kernel does not take: see the map's kind}
 * @err{EOPNOTSUPP, not for this kind of map: only programs write to it}
 */
SKEP_API int skep_host_map_update(struct skep_host_map *map, const void *key, const void *value,
				  uint64_t flags);

/**
 * What bpf_map_delete_elem() of user space does, with its errnos.
 *
 * @param map the map
 * @param key the key
 * @return 0 or a negative errno
 * @err{ENOENT, there is no such key: nothing to mend}
 * @err{EINVAL, entries of arrays\, queues and stacks cannot be deleted: write zeros}
 * @err{EOPNOTSUPP, not for this kind of map: use another kind}
 */
SKEP_API int skep_host_map_delete(struct skep_host_map *map, const void *key);

/**
 * What bpf_map_get_next_key() does. The order of a hash is not the kernel's.
 *
 * @param      map  the map
 * @param      key  the key before, or NULL; one that is not there is NULL
 * @param[out] next the next key
 * @return 0 or a negative errno
 * @err{ENOENT, it was the last: the end}
 * @err{EINVAL, queues and stacks have no keys: pop}
 * @err{EOPNOTSUPP, not for this kind of map: use another kind}
 */
SKEP_API int skep_host_map_next_key(struct skep_host_map *map, const void *key, void *next);

/**
 * What bpf_map_lookup_and_delete_elem_flags() does: of queues and stacks a pop.
 *
 * @param      map   the map
 * @param      key   the key; NULL for queues and stacks
 * @param[out] value skep_host_map_value_bytes() bytes
 * @param      flags 0 or BPF_F_LOCK
 * @return 0 or a negative errno as skep_host_map_lookup()
 * @err{EOPNOTSUPP, only for hashes\, queues and stacks: look up and delete}
 */
SKEP_API int skep_host_map_lookup_and_delete(struct skep_host_map *map, const void *key,
					     void *value, uint64_t flags);

/**
 * What bpf_map_lookup_batch() does: hashes go bucket by bucket, and have other buckets here.
 *
 * @param         map    the map
 * @param         in     where to begin: `out` of the call before, or NULL
 * @param[out]    out    where to go on: bytes of a key, at least 4
 * @param[out]    keys   the keys
 * @param[out]    values the values
 * @param[in,out] count  room for how many; then how many there are
 * @param         flags  0 or BPF_F_LOCK
 * @return 0 or a negative errno
 * @err{ENOENT, the end: `count` says how many are the last}
 * @err{ENOSPC, a bucket does not fit: give more room}
 * @err{EINVAL, other flags: give 0}
 * @err{EOPNOTSUPP, no batches of this kind: go by skep_host_map_next_key()}
 */
SKEP_API int skep_host_map_lookup_batch(struct skep_host_map *map, const void *in, void *out,
					void *keys, void *values, uint32_t *count, uint64_t flags);

/**
 * What bpf_map_lookup_and_delete_batch() does, of hashes.
 *
 * @param         map    the map
 * @param         in     where to begin: `out` of the call before, or NULL
 * @param[out]    out    where to go on: bytes of a key, at least 4
 * @param[out]    keys   the keys
 * @param[out]    values the values
 * @param[in,out] count  room for how many; then how many there are
 * @param         flags  0 or BPF_F_LOCK
 * @return 0 or a negative errno as skep_host_map_lookup_batch()
 */
SKEP_API int skep_host_map_lookup_and_delete_batch(struct skep_host_map *map, const void *in,
						   void *out, void *keys, void *values,
						   uint32_t *count, uint64_t flags);

/**
 * What bpf_map_update_batch() does.
 *
 * @param         map    the map
 * @param         keys   the keys
 * @param         values the values
 * @param[in,out] count  how many; then how many were written
 * @param         flags  0 or BPF_F_LOCK
 * @return 0 or a negative errno as skep_host_map_update(), of the first that failed
 */
SKEP_API int skep_host_map_update_batch(struct skep_host_map *map, const void *keys,
					const void *values, uint32_t *count, uint64_t flags);

/**
 * What bpf_map_delete_batch() does.
 *
 * @param         map   the map
 * @param         keys  the keys
 * @param[in,out] count how many; then how many were deleted
 * @param         flags 0 or BPF_F_LOCK
 * @return 0 or a negative errno as skep_host_map_delete(), of the first that failed
 */
SKEP_API int skep_host_map_delete_batch(struct skep_host_map *map, const void *keys,
					uint32_t *count, uint64_t flags);

/**
 * Reads a value of a program's map by its name; see skep_host_get().
 *
 * @param      name        the map's
 * @param      key         the key
 * @param      key_bytes   its size; another than the map's fails the test
 * @param[out] value       the value, of per-CPU maps that of skep_host_set_cpu()
 * @param      value_bytes its size; another than the map's fails the test
 * @return 0 or a negative errno as skep_host_map_lookup()
 */
SKEP_API SKEP_MUST_USE int skep_host_get_raw(const char *name, const void *key, size_t key_bytes,
					     void *value, size_t value_bytes);

/**
 * Writes a value into a program's map by its name; see skep_host_put().
 *
 * @param name        the map's
 * @param key         the key
 * @param key_bytes   its size; another than the map's fails the test
 * @param value       the value, of per-CPU maps for the CPU of skep_host_set_cpu()
 * @param value_bytes its size; another than the map's fails the test
 * @return 0 or a negative errno as skep_host_map_update()
 */
SKEP_API SKEP_MUST_USE int skep_host_put_raw(const char *name, const void *key, size_t key_bytes,
					     const void *value, size_t value_bytes);

SKEP_END_DECLS

/** Reads `*value` of `*key` in the program's map of this name; 0 or a negative errno. */
#define skep_host_get(name, key, value)                                                            \
	skep_host_get_raw((name), (key), sizeof(*(key)), (value), sizeof(*(value)))

/** Writes `*value` of `*key` into the program's map of this name; 0 or a negative errno. */
#define skep_host_put(name, key, value)                                                            \
	skep_host_put_raw((name), (key), sizeof(*(key)), (value), sizeof(*(value)))

SKEP_DEFINE_FREEP(skep_host_map);

#endif
