/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#if defined(SKEP_PORTABLE) && !defined(SKEP_PORTABLE_PART_)
#error "skep: of <skep/bpf/...> a portable program includes <skep/bpf/portable.h> and nothing else"
#endif
#ifndef SKEP_BPF_MAP_KIND_H
#define SKEP_BPF_MAP_KIND_H
/**
 * @file bpf/map/kind.h
 * What declarations of maps are made of, and how a call knows the kind of its map. Part of
 * bpf/map.h.
 *
 * @code{.c}
 * SKEP_HASH(seen, __u32, __u64, 1024, SKEP_MAP_FLAGS(BPF_F_NO_PREALLOC) SKEP_MAP_PINNED);
 * @endcode
 */
#include <skep/bpf/atomic.h>
#include <skep/bpf/base.h>

/*
 * What skep_map_get() gives is typed, and so is worth something only where a pointer to another
 * type does not take it: clang before 20 only warns of that, as gcc before 14 did. Who must have it
 * otherwise says `#pragma clang diagnostic warning "-Wincompatible-pointer-types"` afterwards.
 */
#pragma clang diagnostic error "-Wincompatible-pointer-types"

/**
 * More flags for a map, as a member at the end of its declaration. Kinds that have flags of
 * their own (LPM trie, storages, mmapable arrays, arenas, stacks with build ids) take none:
 * declare such a map by hand, and use it by the same calls.
 */
#define SKEP_MAP_FLAGS(flags) __uint(map_flags, flags);

/**
 * Pinned by its name, in /sys/fs/bpf unless its loader says another folder: a map that is
 * pinned there already is reused. A member at the end of a declaration. @kernel{4.4}
 */
#define SKEP_MAP_PINNED __uint(pinning, LIBBPF_PIN_BY_NAME);

/**
 * Names the initial contents of maps of maps and of programs, behind the declaration:
 * `SKEP_PROG_ARRAY(stages, struct xdp_md, 2) SKEP_VALUES([0] = &parse, [1] = &count);`
 */
#define SKEP_VALUES(...)                                                                           \
	= {                                                                                        \
		.values = { __VA_ARGS__ },                                                         \
	}

/*
 * The kernel's numbers under names of our own: some are newer than the headers of some, or than
 * somebody's vmlinux.h.
 */
#ifndef SKEP_WINDOWS
enum {
	SKEP_KIND_HASH_ = 1,
	SKEP_KIND_ARRAY_ = 2,
	SKEP_KIND_PROG_ARRAY_ = 3,
	SKEP_KIND_PERCPU_HASH_ = 5,
	SKEP_KIND_PERCPU_ARRAY_ = 6,
	SKEP_KIND_STACK_TRACE_ = 7,
	SKEP_KIND_CGROUP_ARRAY_ = 8,
	SKEP_KIND_LRU_HASH_ = 9,
	SKEP_KIND_LRU_PERCPU_HASH_ = 10,
	SKEP_KIND_LPM_TRIE_ = 11,
	SKEP_KIND_ARRAY_OF_MAPS_ = 12,
	SKEP_KIND_HASH_OF_MAPS_ = 13,
	SKEP_KIND_DEVMAP_ = 14,
	SKEP_KIND_SOCKMAP_ = 15,
	SKEP_KIND_CPUMAP_ = 16,
	SKEP_KIND_XSKMAP_ = 17,
	SKEP_KIND_SOCKHASH_ = 18,
	SKEP_KIND_REUSEPORT_ = 20,
	SKEP_KIND_QUEUE_ = 22,
	SKEP_KIND_STACK_ = 23,
	SKEP_KIND_SK_STORAGE_ = 24,
	SKEP_KIND_DEVMAP_HASH_ = 25,
	SKEP_KIND_RINGBUF_ = 27,
	SKEP_KIND_INODE_STORAGE_ = 28,
	SKEP_KIND_TASK_STORAGE_ = 29,
	SKEP_KIND_BLOOM_ = 30,
	SKEP_KIND_USER_RINGBUF_ = 31,
	SKEP_KIND_CGRP_STORAGE_ = 32,
	SKEP_KIND_ARENA_ = 33,
};
#endif

/* The kind of a map, a constant: `int (*type)[KIND]`, where some have a type that says more. */
#define SKEP_KIND_(map) (sizeof(*(map)->type) / sizeof((*(map)->type)[0]))

/* A set of kinds, and whether the map's is one of them. */
#define SKEP_BIT_(kind)      (1ULL << SKEP_KIND_##kind##_)
#define SKEP_IN_(map, kinds) ((((kinds) >> SKEP_KIND_(map)) & 1) != 0)

#define SKEP_PERCPU_KINDS_                                                                         \
	(SKEP_BIT_(PERCPU_HASH) | SKEP_BIT_(PERCPU_ARRAY) | SKEP_BIT_(LRU_PERCPU_HASH))
#define SKEP_ARRAY_KINDS_ (SKEP_BIT_(ARRAY) | SKEP_BIT_(PERCPU_ARRAY))
#define SKEP_KEYED_KINDS_                                                                          \
	(SKEP_BIT_(HASH) | SKEP_BIT_(LRU_HASH) | SKEP_BIT_(LPM_TRIE) | SKEP_ARRAY_KINDS_ |         \
	 SKEP_PERCPU_KINDS_)
#define SKEP_NESTED_KINDS_ (SKEP_BIT_(ARRAY_OF_MAPS) | SKEP_BIT_(HASH_OF_MAPS))
#define SKEP_DEVMAP_KINDS_ (SKEP_BIT_(DEVMAP) | SKEP_BIT_(DEVMAP_HASH))

/* Nothing, or a compile error where it is no pointer, or the map is of another kind. */
#define SKEP_NEED_(map, kinds, sentence)                                                           \
	(SKEP_REQUIRE_(SKEP_IS_POINTER_(map), "skep: pass a map's address, such as &flows"),       \
	 SKEP_REQUIRE_(SKEP_IN_(map, kinds), sentence))

#define SKEP_KEY_(map, k)   SKEP_CHECK_((map)->key, k, "skep: this is not the map's key type")
#define SKEP_VALUE_(map, v) SKEP_CHECK_((map)->value, v, "skep: this is not the map's value type")

/*
 * How many entries a map has, as a member. The kernel takes no BTF with an array of more than
 * 4 GB, and this is said by an array of int.
 */
#define SKEP_ENTRIES_(entries)                                                                     \
	_Static_assert((entries) > 0, "skep: a map has at least one entry");                       \
	SKEP_ENTRIES_OR_NONE_(entries)
#define SKEP_ENTRIES_OR_NONE_(entries)                                                             \
	_Static_assert((entries) < (1 << 30),                                                      \
		       "skep: a map's declaration takes fewer than 1 << 30 entries: "              \
		       "skep_object_resize() can give it more");                                   \
	__uint(max_entries, entries)

/* Arrays of perf events, of which 0 means one for each CPU: by number, since it is no need. */
#ifndef SKEP_WINDOWS
#define SKEP_KIND_OF_EVENTS_ 4
#endif

/* The members of a map with keys and values, and what the user adds. */
#define SKEP_MEMBERS_(kind, K, V, entries, ...)                                                    \
	__uint(type, kind);                                                                        \
	_Static_assert((kind) == SKEP_KIND_OF_EVENTS_ || (entries) > 0,                            \
		       "skep: a map has at least one entry");                                      \
	_Static_assert(sizeof(V) > 0, "skep: a map's values have at least one byte");              \
	SKEP_ENTRIES_OR_NONE_(entries);                                                            \
	__type(key, K);                                                                            \
	__type(value, V);                                                                          \
	__VA_ARGS__

/* A map of what are its members. */
#define SKEP_MAP_DEFINE_(name, ...)                                                                \
	struct {                                                                                   \
		__VA_ARGS__                                                                        \
	} name SEC(".maps")

#endif
