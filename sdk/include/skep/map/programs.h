/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_MAP_PROGRAMS_H
#define SKEP_MAP_PROGRAMS_H
/**
 * @file skep/map/programs.h
 * Program arrays: tail calls, replaced while they run. Part of map.h.
 *
 * @code{.c}
 * typedef SKEP_PROGRAM_ARRAY() stages_map;
 *
 * stages_map stages;
 *
 * if (skep_map_open(&stages, object, "stages") ||
 *     skep_programs_set(stages, 0, object, "parse") ||
 *     skep_programs_set(stages, 1, object, "count"))
 *         return skep_perror("stages");
 * @endcode
 *
 * **Keep a handle, or pin the array.** The kernel empties a program array when the last file
 * descriptor and pin of it is gone, although programs use it: tail calls then fall through. A
 * handle counts, and so does the object.
 *
 * The array is bound to the first program that uses it or is put in: the others must be of its
 * type. Each call costs one system call; a program that is running finishes with what it has.
 */
#include <skep/map/handle.h>

SKEP_BEGIN_DECLS

struct skep_object;
struct skep_program;

/** What a slot of a program array holds. */
struct skep_program_slot {
	uint32_t id;   /**< the kernel's id of the program */
	char name[16]; /**< 15 bytes of its name; empty where this process may not ask */
};

/**
 * Puts a program into a slot, by its file descriptor; see skep_map_set_program_fd().
 *
 * @param map   a program array
 * @param index the slot
 * @param fd    of a program; stays the caller's
 * @return 0 or a negative errno
 * @err{EBADF, `fd` is not open}
 * @err{EINVAL, `fd` is not a program}
 * @err{EPROTOTYPE, the array belongs to programs of another type: the message names both}
 * @err{EBUSY, the program is extended by another, or extends one (freplace)}
 * @err{E2BIG, there is no such slot: make the map larger before load}
 * @threads{any, also at once}
 * @kernel{4.2}
 */
SKEP_API SKEP_MUST_USE int skep_map_set_program_fd_raw(const struct skep_map *map, uint32_t index,
						       int fd);

/**
 * Puts a program into a slot; see skep_map_set_program().
 *
 * @param map     a program array
 * @param index   the slot
 * @param program a loaded one
 * @return 0 or a negative errno, as skep_map_set_program_fd_raw()
 * @err{EBADF, the program is not loaded: call skep_object_load() first}
 * @threads{any, also at once}
 * @kernel{4.2}
 */
SKEP_API SKEP_MUST_USE int skep_map_set_program_raw(const struct skep_map *map, uint32_t index,
						    const struct skep_program *program);

/**
 * Puts a program of an object into a slot, by its name; see skep_programs_set().
 *
 * @param map    a program array
 * @param index  the slot
 * @param object a loaded object; need not be the one that has the map
 * @param name   the C function's name
 * @return 0 or a negative errno, as skep_map_set_program_raw()
 * @err{ENOENT, the object has no such program: the hint names those it has}
 * @threads{any, also at once}
 * @kernel{4.2}
 */
SKEP_API SKEP_MUST_USE int skep_programs_set_raw(const struct skep_map *map, uint32_t index,
						 const struct skep_object *object,
						 const char *name);

/**
 * What is in a slot; see skep_map_get_program().
 *
 * @param      map   a program array
 * @param      index the slot
 * @param[out] slot  its program
 * @return 0 or a negative errno
 * @err{ENOENT, the slot is empty, or there is no such slot}
 * @threads{any, also at once}
 * @kernel{4.13}
 */
SKEP_API SKEP_MUST_USE int skep_map_get_program_raw(const struct skep_map *map, uint32_t index,
						    struct skep_program_slot *slot);

/**
 * Empties a slot; see skep_map_clear_program(). Tail calls to it fall through from then on.
 *
 * @param map   a program array
 * @param index the slot
 * @return 0 or a negative errno
 * @err{ENOENT, the slot is empty}
 * @err{E2BIG, there is no such slot}
 * @threads{any, also at once}
 * @kernel{4.2}
 */
SKEP_API int skep_map_clear_program_raw(const struct skep_map *map, uint32_t index);

SKEP_END_DECLS

/** An array of programs to tail call: `typedef SKEP_PROGRAM_ARRAY() stages_map;` */
#define SKEP_PROGRAM_ARRAY() SKEP_HANDLE_(SKEP_ACCESS_PROGRAMS, uint32_t, uint32_t)

#define SKEP_PROGRAMS_(m)                                                                          \
	SKEP_MAP_WHERE_(m, SKEP_IS_(m, SKEP_ACCESS_PROGRAMS), "skep: this is not a program array")

/** `skep_map_set_program(stages, 0, program)`: see skep_map_set_program_raw(). */
#define skep_map_set_program(handle, index, program)                                               \
	skep_map_set_program_raw(SKEP_PROGRAMS_(handle), (index), (program))

/** `skep_map_set_program_fd(stages, 0, fd)`: see skep_map_set_program_fd_raw(). */
#define skep_map_set_program_fd(handle, index, fd)                                                 \
	skep_map_set_program_fd_raw(SKEP_PROGRAMS_(handle), (index), (fd))

/** `skep_programs_set(stages, 0, object, "parse")`: see skep_programs_set_raw(). */
#define skep_programs_set(handle, index, object, name)                                             \
	skep_programs_set_raw(SKEP_PROGRAMS_(handle), (index), (object), (name))

/** `skep_map_get_program(stages, 0, &slot)`: see skep_map_get_program_raw(). */
#define skep_map_get_program(handle, index, slot)                                                  \
	skep_map_get_program_raw(SKEP_PROGRAMS_(handle), (index), (slot))

/** `skep_map_clear_program(stages, 0)`: see skep_map_clear_program_raw(). */
#define skep_map_clear_program(handle, index)                                                      \
	skep_map_clear_program_raw(SKEP_PROGRAMS_(handle), (index))

#endif
