/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_MAP_STACKS_H
#define SKEP_MAP_STACKS_H
/**
 * @file skep/map/stacks.h
 * Stack traces that programs took with bpf_get_stackid(), which gives an id; here the id gives
 * the stack. Part of map.h.
 *
 * @code{.c}
 * typedef SKEP_STACKS() stack_map;
 *
 * static int show(stack_map stacks, int64_t id)
 * {
 *         uint64_t addresses[127];
 *         uint32_t depth = 127;
 *
 *         if (skep_stacks_get(stacks, id, addresses, &depth))
 *                 return skep_perror("stacks");
 *         for (uint32_t i = 0; i < depth; i++)
 *                 printf("%#llx\n", (unsigned long long)addresses[i]);
 *         return 0;
 * }
 * @endcode
 *
 * The innermost frame comes first. A map made with BPF_F_STACK_BUILD_ID has, of stacks in user
 * space, a build id and an offset for each frame instead: skep_stacks_get_build_ids(). An id
 * belongs to its stack until somebody deletes it, or, with BPF_F_REUSE_STACKID, until another
 * stack takes its place. Each call is one system call.
 */
#include <skep/map/handle.h>

#include <linux/bpf.h>

SKEP_BEGIN_DECLS

/**
 * Copies the addresses of a stack out; see skep_stacks_get().
 *
 * @param         map       a map of stack traces
 * @param         id        what bpf_get_stackid() returned
 * @param[out]    addresses where they go; untouched on failure
 * @param[in,out] depth     room for how many; how many there are
 * @return 0 or a negative errno
 * @err{ENOENT, no stack has that id: it was deleted}
 * @err{EINVAL, the id is an error that bpf_get_stackid() returned: look at it in the program}
 * @err{EBADF, there is no map: open the handle first}
 * @err{E2BIG, the stack has more frames than there is room: the message says how many; skep_stacks_depth() is always enough}
 * @err{EPROTOTYPE, not a map of stack traces, or it has build ids: use skep_stacks_get_build_ids()}
 * @err{EPERM, the map may not be read from user space}
 * @err{ENOMEM, no memory}
 * @threads{any, also at once}
 * @kernel{4.6}
 */
SKEP_API SKEP_MUST_USE int skep_stacks_get_raw(const struct skep_map *map, int64_t id,
					       uint64_t *addresses, uint32_t *depth);

/**
 * Copies the frames of a stack out as build ids and offsets; see skep_stacks_get_build_ids().
 *
 * A frame whose file has no build id, or could not be read then, has status
 * BPF_STACK_BUILD_ID_IP and an address.
 *
 * @param         map    a map of stack traces made with BPF_F_STACK_BUILD_ID
 * @param         id     what bpf_get_stackid() returned
 * @param[out]    frames where they go; untouched on failure
 * @param[in,out] depth  room for how many; how many there are
 * @return 0 or a negative errno
 * @err{ENOENT, no stack has that id: it was deleted}
 * @err{EINVAL, the id is an error that bpf_get_stackid() returned: look at it in the program}
 * @err{EBADF, there is no map: open the handle first}
 * @err{E2BIG, the stack has more frames than there is room: the message says how many; skep_stacks_depth() is always enough}
 * @err{EPROTOTYPE, not a map of stack traces, or it has addresses: use skep_stacks_get()}
 * @err{EPERM, the map may not be read from user space}
 * @err{ENOMEM, no memory}
 * @threads{any, also at once}
 * @kernel{4.17}
 */
SKEP_API SKEP_MUST_USE int skep_stacks_get_build_ids_raw(const struct skep_map *map, int64_t id,
							 struct bpf_stack_build_id *frames,
							 uint32_t *depth);

/**
 * How many frames a stack of this map has at most; see skep_stacks_depth().
 *
 * @param map a map of stack traces
 * @return 0 for other maps
 */
SKEP_API uint32_t skep_stacks_depth_raw(const struct skep_map *map);

/**
 * Removes a stack, so that its place is free for another; see skep_stacks_del().
 *
 * @param map a map of stack traces
 * @param id  what bpf_get_stackid() returned
 * @return 0 or a negative errno
 * @err{ENOENT, no stack has that id}
 * @err{EINVAL, the id is an error that bpf_get_stackid() returned: look at it in the program}
 * @err{EBADF, there is no map: open the handle first}
 * @err{EPROTOTYPE, not a map of stack traces: the hint says what its handle is}
 * @err{EPERM, the map may not be written from user space}
 * @threads{any, also at once}
 * @kernel{4.6}
 */
SKEP_API int skep_stacks_del_raw(const struct skep_map *map, int64_t id);

/**
 * The next id that has a stack; see skep_stacks_foreach().
 *
 * Ids come in ascending order, so that each comes once at most and a loop ends, also while stacks
 * are added and removed.
 *
 * @param         map a map of stack traces
 * @param[in,out] id  -1: the first one; else the one after it
 * @param[out]    err 0 at the end, or a negative errno: EPROTOTYPE, EPERM, EBADF without a map, EAGAIN
 * @return whether there was one
 * @threads{any, also at once}
 * @kernel{4.16}
 */
SKEP_API bool skep_stacks_next_raw(const struct skep_map *map, int64_t *id, int *err);

SKEP_END_DECLS

/** A map of stack traces: `typedef SKEP_STACKS() stack_map;` */
#define SKEP_STACKS() SKEP_HANDLE_(SKEP_ACCESS_STACKS, uint32_t, struct skep_no_key_)

#define SKEP_STACKS_(m)                                                                            \
	SKEP_MAP_WHERE_(m, SKEP_IS_(m, SKEP_ACCESS_STACKS),                                        \
			"skep: this call is for stack traces, SKEP_STACKS()")

/** `skep_stacks_get(stacks, id, addresses, &depth)`: see skep_stacks_get_raw(). */
#define skep_stacks_get(handle, id, addresses, depth)                                              \
	skep_stacks_get_raw(SKEP_STACKS_(handle), (id), (addresses), (depth))

/** `skep_stacks_get_build_ids(stacks, id, frames, &depth)`: see skep_stacks_get_build_ids_raw(). */
#define skep_stacks_get_build_ids(handle, id, frames, depth)                                       \
	skep_stacks_get_build_ids_raw(SKEP_STACKS_(handle), (id), (frames), (depth))

/** How many frames a stack has at most: see skep_stacks_depth_raw(). */
#define skep_stacks_depth(handle) skep_stacks_depth_raw(SKEP_STACKS_(handle))

/** `skep_stacks_del(stacks, id)`: see skep_stacks_del_raw(). */
#define skep_stacks_del(handle, id) skep_stacks_del_raw(SKEP_STACKS_(handle), (id))

/**
 * A loop over the ids that have a stack: `skep_stacks_foreach(stacks, &id, &err)`, where `id` is
 * an int64_t. After the loop `*err` is 0 or a negative errno.
 */
#define skep_stacks_foreach(handle, id, err)                                                       \
	for (*(id) = -1; skep_stacks_next_raw(SKEP_STACKS_(handle), (id), (err));)

#endif
