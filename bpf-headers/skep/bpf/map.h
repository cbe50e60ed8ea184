/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_MAP_H
#define SKEP_BPF_MAP_H
/**
 * @file bpf/map.h
 * Typed maps: declared in one line, and checked at each use.
 *
 * @code{.c}
 * SKEP_HASH(execs, __u32, struct uid_stats, 10240);
 *
 * struct uid_stats *stats = skep_map_get(&execs, &uid);
 *
 * if (stats)
 *         __sync_fetch_and_add(&stats->execs, 1);
 * @endcode
 *
 * A key or value of the wrong type does not compile. It costs what the helper costs.
 *
 * @kernel{3.19}
 */
#include <skep/bpf/base.h>

#define SKEP_MAP_DEFINE_(kind, name, K, V, entries)                                                \
	struct {                                                                                   \
		__uint(type, kind);                                                                \
		__uint(max_entries, entries);                                                      \
		__type(key, K);                                                                    \
		__type(value, V);                                                                  \
	} name SEC(".maps")

/** A hash of at most `entries` keys K with values V. @kernel{3.19} */
#define SKEP_HASH(name, K, V, entries) SKEP_MAP_DEFINE_(BPF_MAP_TYPE_HASH, name, K, V, entries)

/** An array of `entries` values V, all there from the start and zero. @kernel{3.19} */
#define SKEP_ARRAY(name, V, entries) SKEP_MAP_DEFINE_(BPF_MAP_TYPE_ARRAY, name, __u32, V, entries)

#define SKEP_KEY_(map, k)   SKEP_CHECK_((map)->key, k, "skep: this is not the map's key type")
#define SKEP_VALUE_(map, v) SKEP_CHECK_((map)->value, v, "skep: this is not the map's value type")

/** Pointer to the value of key `*k`, in the map itself; NULL when there is none. */
#define skep_map_get(map, k) ((typeof((map)->value))bpf_map_lookup_elem((map), SKEP_KEY_(map, k)))

/**
 * Sets the value of `*k` to `*v`, whether the key was there or not.
 * @return 0, -E2BIG when the map is full, -ENOMEM
 */
#define skep_map_put(map, k, v)                                                                    \
	bpf_map_update_elem((map), SKEP_KEY_(map, k), SKEP_VALUE_(map, v), BPF_ANY)

/**
 * Removes the key.
 * @return 0, or -ENOENT when it was not there
 */
#define skep_map_del(map, k) bpf_map_delete_elem((map), SKEP_KEY_(map, k))

/**
 * Pointer to the value of key `*k`; where there is none, `*init` is put first. NULL only when
 * the map is full.
 */
#define skep_map_get_or_put(map, k, init)                                                          \
	({                                                                                         \
		typeof((map)->value) skep_value_ = skep_map_get(map, k);                           \
		if (!skep_value_) {                                                                \
			bpf_map_update_elem((map), (k), SKEP_VALUE_(map, init), BPF_NOEXIST);      \
			skep_value_ = skep_map_get(map, k);                                        \
		}                                                                                  \
		skep_value_;                                                                       \
	})

#endif
