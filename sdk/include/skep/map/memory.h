/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_MAP_MEMORY_H
#define SKEP_MAP_MEMORY_H
/**
 * @file skep/map/memory.h
 * Arrays as plain memory: an array made with BPF_F_MMAPABLE (on the BPF side SKEP_ARRAY_MMAP()),
 * and a program's global variables, are mapped and then read and written without system calls.
 * Part of map.h.
 *
 * @code{.c}
 * struct stats {
 *         unsigned long long packets;
 * };
 * typedef SKEP_MAP(__u32, struct stats) stats_map;
 * typedef SKEP_MEMORY(struct stats) stats_memory;
 *
 * stats_map stats;
 * stats_memory memory;
 *
 * if (skep_map_open(&stats, object, "stats") || skep_map_memory(stats, &memory))
 *         return skep_perror("stats");
 * for (uint32_t i = 0; i < skep_memory_count(memory); i++)
 *         printf("%llu\n", skep_memory_at(memory, i)->packets);
 * skep_memory_free(&memory);
 * @endcode
 *
 * An access costs what one to an array costs. Programs write at the same time: what is more than
 * one aligned number may be seen half changed; for counters use __atomic_load_n(). Global
 * variables are an array of one value, the struct of the whole section: map `.bss` or `.data`.
 */
#include <skep/map/handle.h>

SKEP_BEGIN_DECLS

/** A mapping; its members are read by macros of this header, and stay as they are. */
struct skep_memory {
	void *base;        /**< the first value; NULL: nothing is mapped */
	uint32_t count;    /**< how many values */
	uint32_t writable; /**< not zero: it may be written */
	size_t bytes;      /**< of the mapping */
};

/**
 * Maps an array; see skep_map_memory().
 *
 * A map that is frozen, or whose file descriptor is for reading only, or that programs may not
 * write, is mapped for reading only: writing there ends the process by SIGSEGV, so look at
 * skep_memory_is_writable().
 *
 * @param      map an array made with BPF_F_MMAPABLE
 * @param[out] out the mapping; untouched on failure
 * @return 0 or a negative errno
 * @err{EPROTOTYPE, not an array, or made without BPF_F_MMAPABLE: declare it with SKEP_ARRAY_MMAP() on the BPF side}
 * @err{EBADF, there is no map: open the handle first}
 * @err{EPERM, the map may not be read from user space}
 * @err{ENOMEM, no address space}
 * @ownership{the caller ends it with skep_memory_free(); it is valid without the map's handle}
 * @threads{any; the memory is shared with everybody who has the map}
 * @kernel{5.5}
 */
SKEP_API SKEP_MUST_USE int skep_map_memory_raw(const struct skep_map *map, struct skep_memory *out);

/**
 * Ends a mapping; see skep_memory_free(). One that is ended is fine.
 *
 * @param memory the mapping; empty afterwards
 */
SKEP_API void skep_memory_free_raw(struct skep_memory *memory);

SKEP_END_DECLS

/** Values V in memory: `typedef SKEP_MEMORY(struct stats) stats_memory;` */
#define SKEP_MEMORY(V)                                                                             \
	union {                                                                                    \
		struct skep_memory memory;                                                         \
		__typeof__(V) *value;                                                              \
	}

/** `skep_map_memory(stats, &memory)`: see skep_map_memory_raw(). C only. */
#define skep_map_memory(handle, out)                                                               \
	skep_map_memory_raw(                                                                       \
		SKEP_MAP_WHERE_(handle, SKEP_IS_(handle, SKEP_ACCESS_KEYED),                       \
				"skep: only arrays are memory: SKEP_MAP(__u32, V)"),               \
		((void)SKEP_CHECK_((handle).value, (out)->value,                                   \
				   "skep: this memory is not of the map's value type"),            \
		 &(out)->memory))

/** How many values there are. */
#define skep_memory_count(m) ((m).memory.count)

/** Whether they may be written. */
#define skep_memory_is_writable(m) ((m).memory.writable != 0)

/**
 * A pointer to the i-th value, where `i` is less than skep_memory_count(): as with an array,
 * nothing checks it. C only.
 */
#define skep_memory_at(m, i)                                                                       \
	((__typeof__((m).value))(void *)((unsigned char *)(m).memory.base +                        \
					 (size_t)(i) * ((sizeof(*(m).value) + 7) & ~(size_t)7)))

/** Ends a mapping: `skep_memory_free(&memory)`. */
#define skep_memory_free(m) skep_memory_free_raw(&(m)->memory)

#endif
