/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_MAP_QUEUE_H
#define SKEP_BPF_MAP_QUEUE_H
/**
 * @file bpf/map/queue.h
 * Queues, stacks and bloom filters: maps without keys. Part of bpf/map.h.
 *
 * @code{.c}
 * SKEP_QUEUE(work, struct uid_stats, 128);
 * SKEP_BLOOM(known, __u32, 10000, 4);
 *
 * struct uid_stats job = { .execs = 1 };
 *
 * if (!skep_bloom_has(&known, &uid))
 *         skep_bloom_add(&known, &uid);
 * if (skep_queue_push(&work, &job))
 *         return 0; // full
 * @endcode
 */
#include <skep/bpf/map/kind.h>

/** @cond */
#define SKEP_KEYLESS_MEMBERS_(kind, V, entries, ...)                                               \
	__uint(type, kind);                                                                        \
	SKEP_ENTRIES_(entries);                                                                    \
	__type(value, V);                                                                          \
	__VA_ARGS__
#define SKEP_QUEUE_MEMBERS_(V, entries, ...)                                                       \
	SKEP_KEYLESS_MEMBERS_(BPF_MAP_TYPE_QUEUE, V, entries, __VA_ARGS__)
#define SKEP_STACK_MEMBERS_(V, entries, ...)                                                       \
	SKEP_KEYLESS_MEMBERS_(BPF_MAP_TYPE_STACK, V, entries, __VA_ARGS__)
#define SKEP_BLOOM_MEMBERS_(V, entries, hashes, ...)                                               \
	SKEP_KEYLESS_MEMBERS_(BPF_MAP_TYPE_BLOOM_FILTER, V, entries, __VA_ARGS__)                  \
	__uint(map_extra, hashes);                                                                 \
	_Static_assert((hashes) >= 0 && (hashes) <= 15,                                            \
		       "skep: a bloom filter has 1 to 15 hashes; 0 is the kernel's choice, 5");
/** @endcond */

/**
 * A queue of at most `entries` values V: first in, first out. In user space: `SKEP_QUEUE(V)`.
 * @kernel{4.20}
 */
#define SKEP_QUEUE(name, V, entries, ...)                                                          \
	SKEP_MAP_DEFINE_(name, SKEP_QUEUE_MEMBERS_(V, entries, __VA_ARGS__))

/**
 * A stack of at most `entries` values V: last in, first out. In user space: `SKEP_QUEUE(V)`.
 * @kernel{4.20}
 */
#define SKEP_STACK(name, V, entries, ...)                                                          \
	SKEP_MAP_DEFINE_(name, SKEP_STACK_MEMBERS_(V, entries, __VA_ARGS__))

/**
 * A filter that says of a value V that it was never added, or that it may have been. `entries`
 * is how many will be added: with more, it says "may be" more often. `hashes`: 1 to 15, or 0
 * for the kernel's 5; for one wrong answer in 100 take 7, in 1,000 take 10. In user space:
 * `SKEP_BLOOM(V)`.
 * @kernel{5.16}
 */
#define SKEP_BLOOM(name, V, entries, hashes, ...)                                                  \
	SKEP_MAP_DEFINE_(name, SKEP_BLOOM_MEMBERS_(V, entries, hashes, __VA_ARGS__))

#define SKEP_NEED_QUEUE_(map)                                                                      \
	SKEP_NEED_(map, SKEP_BIT_(QUEUE) | SKEP_BIT_(STACK),                                       \
		   "skep: this is not a map of SKEP_QUEUE() or SKEP_STACK()")
#define SKEP_NEED_BLOOM_(map)                                                                      \
	SKEP_NEED_(map, SKEP_BIT_(BLOOM), "skep: this is not a map of SKEP_BLOOM()")

/**
 * Adds `*v`.
 * @return 0, or -E2BIG when it is full
 * @kernel{4.20}
 */
#define skep_queue_push(map, v)                                                                    \
	(SKEP_NEED_QUEUE_(map), (int)bpf_map_push_elem((map), SKEP_VALUE_(map, v), BPF_ANY))

/**
 * Adds `*v`, and where there is no room drops the oldest first.
 * @return 0, or -EBUSY on kernels that could not take its lock here
 * @kernel{4.20}
 */
#define skep_queue_push_evict(map, v)                                                              \
	(SKEP_NEED_QUEUE_(map), (int)bpf_map_push_elem((map), SKEP_VALUE_(map, v), BPF_EXIST))

/**
 * Takes the next value out, into `*v`.
 * @return 0, or -ENOENT when there is none: `*v` is then zero
 * @kernel{4.20}
 */
#define skep_queue_pop(map, v)                                                                     \
	(SKEP_NEED_QUEUE_(map), (int)bpf_map_pop_elem((map), SKEP_VALUE_(map, v)))

/**
 * Copies the next value into `*v`, and leaves it there.
 * @return 0, or -ENOENT when there is none: `*v` is then zero
 * @kernel{4.20}
 */
#define skep_queue_peek(map, v)                                                                    \
	(SKEP_NEED_QUEUE_(map), (int)bpf_map_peek_elem((map), SKEP_VALUE_(map, v)))

/**
 * Adds `*v`. It cannot be removed again.
 * @return 0
 * @kernel{5.16, SKEP_BLOOM()}
 */
#define skep_bloom_add(map, v)                                                                     \
	(SKEP_NEED_BLOOM_(map), (int)bpf_map_push_elem((map), SKEP_VALUE_(map, v), BPF_ANY))

/**
 * Whether `*v` may have been added; false: it certainly was not. `*v` is copied first: Linux 7.3
 * takes the helper for one that only writes there, as it does for queues, and refuses what it
 * thinks was overwritten ("slot poisoned by dead code elimination"). @kernel{5.16, SKEP_BLOOM()}
 */
#define skep_bloom_has(map, v)                                                                     \
	({                                                                                         \
		SKEP_NEED_BLOOM_(map);                                                             \
		typeof(*(map)->value) skep_copy_;                                                  \
		__builtin_memcpy(&skep_copy_, SKEP_VALUE_(map, v), sizeof(skep_copy_));            \
		asm volatile("" : "+m"(skep_copy_));                                               \
		!bpf_map_peek_elem((map), &skep_copy_);                                            \
	})

#endif
