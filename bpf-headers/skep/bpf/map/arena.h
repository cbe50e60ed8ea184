/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_MAP_ARENA_H
#define SKEP_BPF_MAP_ARENA_H
/**
 * @file bpf/map/arena.h
 * Memory that programs and user space share, with pointers that both can follow. Part of
 * bpf/map.h. Needs clang 19, and Linux 6.9 on a processor that has it (x86-64, arm64).
 *
 * Who loads the object says before where the arena lies, since pointers are stored as they are:
 * `bpf_map__set_map_extra(map, 1ull << 44)` of libbpf 1.1. For user space see skep/map/arena.h.
 */
#include <skep/bpf/map/kind.h>

#ifdef __BPF_FEATURE_ADDR_SPACE_CAST
/** Marks what a pointer points to as in the arena: `struct node SKEP_IN_ARENA *next;` */
#define SKEP_IN_ARENA __attribute__((address_space(1)))

/** @cond */
#define SKEP_ARENA_CLANG_ 1
void SKEP_IN_ARENA *bpf_arena_alloc_pages(void *map, void SKEP_IN_ARENA *addr, __u32 page_cnt,
					  int node_id, __u64 flags) __ksym __weak;
void bpf_arena_free_pages(void *map, void SKEP_IN_ARENA *ptr, __u32 page_cnt) __ksym __weak;
/** @endcond */

/**
 * Takes `pages` new pages of the arena, all zero, in a program that may sleep.
 * @return their address, or NULL when the arena or memory is full
 * @kernel{6.9}
 */
#define skep_arena_alloc(map, pages)                                                               \
	(SKEP_NEED_(map, SKEP_BIT_(ARENA), "skep: this is not a map of SKEP_ARENA()"),             \
	 bpf_arena_alloc_pages((map), (void SKEP_IN_ARENA *)0, (pages), -1, 0))

/** Gives pages of skep_arena_alloc() back. @kernel{6.9} */
#define skep_arena_free(map, at, pages)                                                            \
	(SKEP_NEED_(map, SKEP_BIT_(ARENA), "skep: this is not a map of SKEP_ARENA()"),             \
	 bpf_arena_free_pages((map), (at), (pages)))
#else
#define SKEP_ARENA_CLANG_ 0
#endif

/**
 * An arena of at most `pages` pages. In user space: `SKEP_ARENA()`.
 * @kernel{6.9, BPF_MAP_TYPE_ARENA}
 */
#define SKEP_ARENA(name, pages, ...)                                                               \
	struct {                                                                                   \
		_Static_assert(SKEP_ARENA_CLANG_, "skep: an arena needs clang 19 or newer");       \
		__uint(type, SKEP_KIND_ARENA_);                                                    \
		__uint(map_flags, BPF_F_MMAPABLE);                                                 \
		__uint(max_entries, pages);                                                        \
		__VA_ARGS__                                                                        \
	} name SEC(".maps")

#endif
