/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#if defined(SKEP_PORTABLE) && !defined(SKEP_PORTABLE_PART_)
#error "skep: of <skep/bpf/...> a portable program includes <skep/bpf/portable.h> and nothing else"
#endif
#ifndef SKEP_BPF_MAP_KEYED_H
#define SKEP_BPF_MAP_KEYED_H
/**
 * @file bpf/map/keyed.h
 * Hashes, arrays and tries, also with a value for each CPU. Part of bpf/map.h.
 *
 * @code{.c}
 * SKEP_PERCPU_HASH(opens, __u32, __u64, 4096);
 * SKEP_LRU_HASH(starts, __u32, __u64, 10240);
 *
 * __u64 now = skep_time_ns();
 *
 * skep_map_add(&opens, &uid, 1);
 * skep_map_put(&starts, &uid, &now);
 * @endcode
 *
 * A value that skep_map_get() found is in the map itself: it is read and written there, and
 * programs on other processors see it. Of per-CPU kinds it is that of the processor that runs.
 *
 * Results are int, not long as the helpers': before Linux 6.4 a map's operation leaves the upper
 * half of the register zero, so that a long is never equal to -ENOENT. With -mcpu=v2, which has no
 * comparison of 32 bits, that costs one or two instructions where a result is looked at.
 */
#include <skep/bpf/map/kind.h>

/** @cond */
#ifndef SKEP_LPM_FLAGS_
#define SKEP_LPM_FLAGS_ __uint(map_flags, BPF_F_NO_PREALLOC);
#endif

#define SKEP_HASH_MEMBERS_(K, V, entries, ...)                                                     \
	SKEP_MEMBERS_(BPF_MAP_TYPE_HASH, K, V, entries, __VA_ARGS__)

#define SKEP_ARRAY_MEMBERS_(V, entries, ...)                                                       \
	SKEP_MEMBERS_(BPF_MAP_TYPE_ARRAY, __u32, V, entries, __VA_ARGS__)

#define SKEP_LRU_HASH_MEMBERS_(K, V, entries, ...)                                                 \
	SKEP_MEMBERS_(BPF_MAP_TYPE_LRU_HASH, K, V, entries, __VA_ARGS__)

#define SKEP_PERCPU_HASH_MEMBERS_(K, V, entries, ...)                                              \
	SKEP_MEMBERS_(BPF_MAP_TYPE_PERCPU_HASH, K, V, entries, __VA_ARGS__)

#define SKEP_PERCPU_ARRAY_MEMBERS_(V, entries, ...)                                                \
	SKEP_MEMBERS_(BPF_MAP_TYPE_PERCPU_ARRAY, __u32, V, entries, __VA_ARGS__)

#define SKEP_LRU_PERCPU_HASH_MEMBERS_(K, V, entries, ...)                                          \
	SKEP_MEMBERS_(BPF_MAP_TYPE_LRU_PERCPU_HASH, K, V, entries, __VA_ARGS__)

#define SKEP_LPM_TRIE_MEMBERS_(K, V, entries, ...)                                                 \
	SKEP_MEMBERS_(BPF_MAP_TYPE_LPM_TRIE, K, V, entries, __VA_ARGS__)                           \
	SKEP_LPM_FLAGS_                                                                            \
	_Static_assert(sizeof(K) > 4 && sizeof(K) <= 260,                                          \
		       "skep: a key of an LPM trie is a __u32 prefix length and 1 to 256 bytes");
/** @endcond */

/**
 * A hash of at most `entries` keys K with values V. In user space: `SKEP_MAP(K, V)`.
 * All memory is taken at the start, unless SKEP_MAP_FLAGS(BPF_F_NO_PREALLOC) is added.
 * @kernel{3.19}
 */
#define SKEP_HASH(name, K, V, entries, ...)                                                        \
	SKEP_MAP_DEFINE_(name, SKEP_HASH_MEMBERS_(K, V, entries, __VA_ARGS__))

/**
 * An array of `entries` values V, all there from the start and zero. In user space:
 * `SKEP_MAP(__u32, V)`. @kernel{3.19}
 */
#define SKEP_ARRAY(name, V, entries, ...)                                                          \
	SKEP_MAP_DEFINE_(name, SKEP_ARRAY_MEMBERS_(V, entries, __VA_ARGS__))

/**
 * An array that user space maps as memory: reading it costs no system call. In user space:
 * `SKEP_MAP(__u32, V)`, and see skep/map/memory.h. @kernel{5.5, mmapable arrays}
 */
#define SKEP_ARRAY_MMAP(name, V, entries)                                                          \
	SKEP_MAP_DEFINE_(name, SKEP_ARRAY_MEMBERS_(V, entries, SKEP_MAP_FLAGS(BPF_F_MMAPABLE)))

/**
 * A hash with a value V for each CPU: counting needs no atomics. In user space:
 * `SKEP_PERCPU_MAP(K, V)`. @kernel{4.6}
 */
#define SKEP_PERCPU_HASH(name, K, V, entries, ...)                                                 \
	SKEP_MAP_DEFINE_(name, SKEP_PERCPU_HASH_MEMBERS_(K, V, entries, __VA_ARGS__))

/**
 * An array with a value V for each CPU. In user space: `SKEP_PERCPU_MAP(__u32, V)`.
 * @kernel{4.6}
 */
#define SKEP_PERCPU_ARRAY(name, V, entries, ...)                                                   \
	SKEP_MAP_DEFINE_(name, SKEP_PERCPU_ARRAY_MEMBERS_(V, entries, __VA_ARGS__))

/**
 * A hash that is never full: what was used least recently goes, also before `entries` are there.
 * In user space: `SKEP_MAP(K, V)`. @kernel{4.10}
 */
#define SKEP_LRU_HASH(name, K, V, entries, ...)                                                    \
	SKEP_MAP_DEFINE_(name, SKEP_LRU_HASH_MEMBERS_(K, V, entries, __VA_ARGS__))

/**
 * SKEP_LRU_HASH() with a value for each CPU. In user space: `SKEP_PERCPU_MAP(K, V)`.
 * @kernel{4.10}
 */
#define SKEP_LRU_PERCPU_HASH(name, K, V, entries, ...)                                             \
	SKEP_MAP_DEFINE_(name, SKEP_LRU_PERCPU_HASH_MEMBERS_(K, V, entries, __VA_ARGS__))

/**
 * Prefixes, of which skep_map_get() finds the longest that fits. K begins with a __u32: the
 * prefix's length in bits; what follows is compared from its first byte on, so addresses are in
 * network order. In user space: `SKEP_MAP(K, V)`. @kernel{4.11}
 */
#define SKEP_LPM_TRIE(name, K, V, entries, ...)                                                    \
	SKEP_MAP_DEFINE_(name, SKEP_LPM_TRIE_MEMBERS_(K, V, entries, __VA_ARGS__))

#define SKEP_OTHER_CALLS_ "skep: maps of this kind have calls of their own: see skep/bpf/map.h"

/*
 * What skep_map_get() returns: of maps of maps, the inner one, which is the element of `type`.
 * With &(...)[0] around, the compiler says `struct value *` of it, and not this whole typeof.
 */
#define SKEP_GOT_(map)                                                                             \
	typeof(__builtin_choose_expr(SKEP_IN_(map, SKEP_NESTED_KINDS_),                            \
				     (typeof(&(*(map)->type)[0]))0, (typeof((map)->value))0))

/**
 * Pointer to the value of key `*k`, in the map itself; NULL when there is none. Of a per-CPU
 * map: to this CPU's. Of a map of maps of SKEP_ARRAY_OF_MAPS() or SKEP_HASH_OF_MAPS(): to the
 * inner map, of its type. @kernel{3.19}
 */
#define skep_map_get(map, k)                                                                       \
	(SKEP_NEED_(map, SKEP_KEYED_KINDS_ | SKEP_NESTED_KINDS_ | SKEP_DEVMAP_KINDS_,              \
		    SKEP_OTHER_CALLS_),                                                            \
	 &((SKEP_GOT_(map))bpf_map_lookup_elem((map), SKEP_KEY_(map, k)))[0])

/**
 * skep_map_put() with the kernel's flags: BPF_ANY, BPF_NOEXIST, BPF_EXIST, BPF_F_LOCK.
 * @kernel{3.19}
 */
#define skep_map_put_with(map, k, v, flags)                                                        \
	(SKEP_NEED_(map, SKEP_KEYED_KINDS_, SKEP_OTHER_CALLS_),                                    \
	 (int)bpf_map_update_elem((map), SKEP_KEY_(map, k), SKEP_VALUE_(map, v), (flags)))

/**
 * Sets the value of `*k` to `*v`, whether the key was there or not. Of per-CPU maps: this CPU's;
 * where the key is new, the others' are zero.
 * @return 0, -E2BIG when the map is full or the array has no such index, -ENOMEM
 * @kernel{3.19}
 */
#define skep_map_put(map, k, v) skep_map_put_with(map, k, v, BPF_ANY)

/**
 * Adds the key.
 * @return 0, -EEXIST when it is there, -E2BIG, -ENOMEM
 * @kernel{3.19}
 */
#define skep_map_put_new(map, k, v) skep_map_put_with(map, k, v, BPF_NOEXIST)

/**
 * Replaces the value of a key.
 * @return 0, or -ENOENT when it is not there
 * @kernel{3.19}
 */
#define skep_map_put_existing(map, k, v) skep_map_put_with(map, k, v, BPF_EXIST)

/**
 * Removes the key.
 * @return 0, or -ENOENT when it was not there
 * @kernel{3.19}
 */
#define skep_map_del(map, k)                                                                       \
	(SKEP_NEED_(map, SKEP_KEYED_KINDS_, SKEP_OTHER_CALLS_),                                    \
	 SKEP_NEED_(map, ~SKEP_ARRAY_KINDS_,                                                       \
		    "skep: elements of an array cannot be removed: write zeroes to them"),         \
	 (int)bpf_map_delete_elem((map), SKEP_KEY_(map, k)))

/**
 * Pointer to the value of key `*k`; where there is none, `*init` is put first. NULL only when
 * the map is full. `k` and `init` are evaluated more than once. @kernel{3.19}
 */
#define skep_map_get_or_put(map, k, init)                                                          \
	({                                                                                         \
		SKEP_NEED_(map, SKEP_KEYED_KINDS_, SKEP_OTHER_CALLS_);                             \
		typeof((map)->value) skep_value_ = bpf_map_lookup_elem((map), SKEP_KEY_(map, k));  \
		if (!skep_value_) {                                                                \
			bpf_map_update_elem((map), (k), SKEP_VALUE_(map, init), BPF_NOEXIST);      \
			skep_value_ = bpf_map_lookup_elem((map), (k));                             \
		}                                                                                  \
		skep_value_;                                                                       \
	})

/**
 * Pointer to the value that CPU `cpu` has of key `*k`; NULL when the map has no such key, or the
 * machine no such CPU. @kernel{5.19}
 */
#define skep_percpu_get(map, k, cpu)                                                               \
	(SKEP_NEED_(map, SKEP_PERCPU_KINDS_, "skep: this map has no value for each CPU"),          \
	 (typeof((map)->value))bpf_map_lookup_percpu_elem((map), SKEP_KEY_(map, k), (cpu)))

/* Of a per-CPU map nobody else adds, except who interrupts: not worth what an atomic add costs. */
#define SKEP_ADD_(map, p, n)                                                                       \
	do {                                                                                       \
		if (SKEP_IN_(map, SKEP_PERCPU_KINDS_))                                             \
			*(p) += (n);                                                               \
		else                                                                               \
			__sync_fetch_and_add((p), (n));                                            \
	} while (0)

/**
 * Adds `n` to the number that is the value of `*k`, and makes it `n` where there is none.
 * Values are integers of 4 or 8 bytes. On maps that all CPUs share it is atomic. On per-CPU
 * ones it is as cheap as `++`; a program that interrupts another on the same CPU between read
 * and write may lose its `n`. `k` is evaluated more than once.
 * @return 0, -E2BIG when the map is full, -ENOMEM
 * @kernel{3.19}
 */
#define skep_map_add(map, k, n)                                                                    \
	({                                                                                         \
		SKEP_NEED_(map, SKEP_KEYED_KINDS_, SKEP_OTHER_CALLS_);                             \
		SKEP_REQUIRE_(SKEP_INTEGER_(*(map)->value) &&                                      \
				      (sizeof(*(map)->value) == 4 || sizeof(*(map)->value) == 8),  \
			      "skep: skep_map_add() is for values that are integers of 4 or 8 "    \
			      "bytes");                                                            \
		typeof(*(map)->value) skep_n_ = (n),                                               \
				      *skep_at_ = bpf_map_lookup_elem((map), SKEP_KEY_(map, k));   \
		int skep_err_ = 0;                                                                 \
		if (!skep_at_) {                                                                   \
			skep_err_ = bpf_map_update_elem((map), (k), &skep_n_, BPF_NOEXIST);        \
			/* Somebody was faster. */                                                 \
			if (skep_err_ && (skep_at_ = bpf_map_lookup_elem((map), (k))))             \
				skep_err_ = 0;                                                     \
			else                                                                       \
				skep_at_ = 0;                                                      \
		}                                                                                  \
		if (skep_at_)                                                                      \
			SKEP_ADD_(map, skep_at_, skep_n_);                                         \
		skep_err_;                                                                         \
	})

#endif
