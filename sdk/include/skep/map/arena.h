/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_MAP_ARENA_H
#define SKEP_MAP_ARENA_H
/**
 * @file skep/map/arena.h
 * Arenas: memory that programs and user space share at one address, so that pointers in it mean
 * the same to both. Part of map.h.
 *
 * @code{.c}
 * struct node {
 *         struct node *next;
 *         int number;
 * };
 * struct root {
 *         struct node *first;
 * };
 * typedef SKEP_ARENA() shared_arena;
 * typedef SKEP_MEMORY(struct root) root_memory;
 *
 * shared_arena shared;
 * root_memory memory;
 *
 * if (skep_map_open(&shared, object, "shared") || skep_arena_map(shared, &memory))
 *         return skep_perror("shared");
 * for (struct node *node = skep_memory_at(memory, 0)->first; node; node = node->next)
 *         printf("%d\n", node->number);
 * skep_memory_free(&memory);
 * @endcode
 *
 * What is at its beginning has the type of the SKEP_MEMORY() that it is mapped into. Pages are
 * there from their first touch on, by whoever: they begin as zeros, and stay as long as the
 * map. An arena made with BPF_F_SEGV_ON_FAULT has only the pages that a program allocated:
 * touching another ends the process by SIGSEGV. The BPF side needs clang 19 or newer.
 */
#include <skep/map/memory.h>

SKEP_BEGIN_DECLS

/**
 * Maps an arena; see skep_arena_map().
 *
 * It is mapped where it was said to be when it was made (`map_extra`). skep_object_load() gives
 * every arena that declares none an address of its own, from 1 << 45 on in steps of 4 GB, where
 * this process has nothing; another is set before load, with
 * `bpf_map__set_map_extra(skep_map_libbpf(skep_object_map(object, "shared")), address)`. Of an
 * arena that was made otherwise and says nothing the kernel chooses at the first mapping, and then
 * all others must be there too: a second process cannot learn where. Programs that use pointers
 * into an arena load only when its address is known.
 *
 * @param      map  an arena
 * @param[out] out  the whole of it, as values of root_bytes; untouched on failure
 * @param      root_bytes the size of what is at its beginning
 * @return 0 or a negative errno
 * @err{EPROTOTYPE, not an arena, or it is smaller than what should be at its beginning: make it larger before load}
 * @err{EBUSY, its address is in use in this process: declare it with another map_extra}
 * @err{EBADF, there is no map: open the handle first}
 * @err{EINVAL, another process mapped it first and it has no map_extra: declare one}
 * @err{EPERM, the map may not be read and written from user space}
 * @err{ENOMEM, no address space}
 * @ownership{the caller ends it with skep_memory_free(); it is valid without the map's handle}
 * @threads{any; the memory is shared with everybody who has the map}
 * @kernel{6.9}
 */
SKEP_API SKEP_MUST_USE int skep_arena_map_raw(const struct skep_map *map, struct skep_memory *out,
					      size_t root_bytes);

SKEP_END_DECLS

/** An arena: `typedef SKEP_ARENA() shared_arena;` */
#define SKEP_ARENA() SKEP_HANDLE_(SKEP_ACCESS_ARENA, struct skep_no_key_, struct skep_no_key_)

/** `skep_arena_map(shared, &memory)`: see skep_arena_map_raw(). C only. */
#define skep_arena_map(handle, out)                                                                \
	skep_arena_map_raw(SKEP_MAP_WHERE_(handle, SKEP_IS_(handle, SKEP_ACCESS_ARENA),            \
					   "skep: this call is for arenas, SKEP_ARENA()"),         \
			   &(out)->memory, sizeof(*(out)->value))

#endif
