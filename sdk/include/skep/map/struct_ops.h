/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_MAP_STRUCT_OPS_H
#define SKEP_MAP_STRUCT_OPS_H
/**
 * @file map/struct_ops.h
 * Whether the kernel uses a struct of functions (struct_ops): a TCP congestion control, a
 * scheduler. Part of map.h.
 *
 * @code{.c}
 * struct skep_struct_ops_status status;
 * struct skep_map *cubic = skep_object_map(object, "cubic");
 *
 * if (skep_struct_ops_status(cubic, &status))
 *         return skep_perror("cubic");
 * if (status.state == SKEP_STRUCT_OPS_IN_USE)
 *         printf("in use %u times\n", status.references);
 * @endcode
 *
 * Such maps have no typed handle: they are registered by attaching them, and only asked here. It
 * costs two system calls.
 */
#include <skep/map/handle.h>

SKEP_BEGIN_DECLS

/** What the kernel does with a struct of functions. */
enum skep_struct_ops_state {
	SKEP_STRUCT_OPS_NEW,    /**< loaded, and not registered */
	SKEP_STRUCT_OPS_IN_USE, /**< registered */
	SKEP_STRUCT_OPS_ENDING, /**< taken back, and somebody still uses it */
	SKEP_STRUCT_OPS_READY,  /**< to be registered by links (6.4): see the link */
};

/** See skep_struct_ops_status(). */
struct skep_struct_ops_status {
	enum skep_struct_ops_state state; /**< of the struct */
	uint32_t references;              /**< how many use it, as sockets; not all kinds count */
};

/**
 * Whether a struct of functions is registered and used.
 *
 * @param      map    a struct_ops map
 * @param[out] status what the kernel says
 * @return 0 or a negative errno
 * @err{EPROTOTYPE, not a struct_ops map}
 * @err{EBADF, it is not loaded: call skep_object_load() first}
 * @err{ENOMEM, no memory}
 * @threads{any, also at once}
 * @kernel{5.6}
 */
SKEP_API SKEP_MUST_USE int skep_struct_ops_status(const struct skep_map *map,
						  struct skep_struct_ops_status *status);

SKEP_END_DECLS

#endif
