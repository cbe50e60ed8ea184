/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_MAP_NESTED_H
#define SKEP_BPF_MAP_NESTED_H
/**
 * @file bpf/map/nested.h
 * Maps of maps: user space swaps a whole inner map in one step. Part of bpf/map.h.
 *
 * @code{.c}
 * SKEP_INNER(uid_table, HASH, __u32, struct uid_stats, 1024);
 * SKEP_INNER_MAP(first, uid_table);
 * SKEP_ARRAY_OF_MAPS(tables, struct uid_table, 2) SKEP_VALUES([0] = &first);
 *
 * __u32 current = 0;
 * struct uid_table *table = skep_map_get(&tables, &current);
 * struct uid_stats *stats = table ? skep_map_get(table, &uid) : NULL;
 *
 * if (stats)
 *         skep_atomic_add(&stats->execs, 1);
 * @endcode
 */
#include <skep/bpf/map/keyed.h>

/**
 * Declares `struct tag`, a type of inner maps: `SKEP_INNER(tag, KIND, ...)` has the arguments of
 * `SKEP_KIND(name, ...)` behind the name. KIND is HASH, ARRAY, LRU_HASH, PERCPU_HASH, PERCPU_ARRAY,
 * LRU_PERCPU_HASH, LPM_TRIE, QUEUE or STACK. Inner maps are not pinned.
 */
#define SKEP_INNER(tag, KIND, ...)                                                                 \
	struct tag {                                                                               \
		SKEP_##KIND##_MEMBERS_(__VA_ARGS__)                                                \
	}

/** A map of its own of a type of SKEP_INNER(), to be put in by SKEP_VALUES(). */
#define SKEP_INNER_MAP(name, tag) struct tag name SEC(".maps")

/*
 * The inner type stands twice: in `values`, for loaders, and as the element of `type`, for
 * skep_map_get(), which cannot look at a member that other maps do not have.
 */
#define SKEP_NESTED_(name, kind, K, INNER, entries, ...)                                           \
	struct {                                                                                   \
		INNER (*type)[kind];                                                               \
		SKEP_ENTRIES_(entries);                                                            \
		__type(key, K);                                                                    \
		__type(value, __u32);                                                              \
		__VA_ARGS__ __array(values, INNER);                                                \
	} name SEC(".maps")

/**
 * An array of `entries` maps of type INNER: `struct tag` of SKEP_INNER(), or `typeof(map)` of
 * one that is declared. In user space: `SKEP_MAP_OF_MAPS(__u32, INNER_HANDLE)`. @kernel{4.12}
 */
#define SKEP_ARRAY_OF_MAPS(name, INNER, entries, ...)                                              \
	SKEP_NESTED_(name, BPF_MAP_TYPE_ARRAY_OF_MAPS, __u32, INNER, entries, __VA_ARGS__)

/**
 * A hash of at most `entries` keys K, whose values are maps of type INNER. In user space:
 * `SKEP_MAP_OF_MAPS(K, INNER_HANDLE)`. @kernel{4.12}
 */
#define SKEP_HASH_OF_MAPS(name, K, INNER, entries, ...)                                            \
	SKEP_NESTED_(name, BPF_MAP_TYPE_HASH_OF_MAPS, K, INNER, entries, __VA_ARGS__)

/**
 * skep_map_get() for maps of maps that were declared by hand, with `__array(values, struct
 * inner)`: the inner map of key `*k`, or NULL. @kernel{4.12, for maps of maps}
 */
#define skep_map_inner(map, k)                                                                     \
	(SKEP_NEED_(map, SKEP_NESTED_KINDS_, "skep: this is not a map of maps"),                   \
	 (typeof((map)->values[0]))bpf_map_lookup_elem((map), SKEP_KEY_(map, k)))

#endif
