/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_LINK_H
#define SKEP_LINK_H
/**
 * @file link.h
 * A program at its hook, once it is there. How it gets there is attach.h's.
 *
 * @code{.c}
 * SKEP_AUTO(skep_link) *link = NULL;                // detached when the scope ends
 *
 * if (skep_attach(&link, skep_object_program(object, "on_exec")))
 *         return skep_perror("attach");
 * printf("link %d\n", skep_link_fd(link));
 * @endcode
 *
 * A link is detached when it is freed, and by the kernel when its process ends, however that
 * happens.
 */
#include <skep/base.h>

struct bpf_link;

SKEP_BEGIN_DECLS

struct skep_program;

/** A program at its hook. One thread at a time. */
struct skep_link;

/**
 * The program's link made by skep_object_attach().
 *
 * @param program the program
 * @return borrowed from the object; NULL when not attached
 */
SKEP_API struct skep_link *skep_program_link(const struct skep_program *program);

/**
 * Detaches and frees. NULL is fine.
 *
 * @param link the link
 */
SKEP_API void skep_link_free(struct skep_link *link);

/**
 * The link's file descriptor.
 *
 * @param link the link
 * @return borrowed
 */
SKEP_API int skep_link_fd(const struct skep_link *link);

/**
 * libbpf's side of the link.
 *
 * @param link the link
 * @return borrowed; NULL where skep made the link itself
 */
SKEP_API struct bpf_link *skep_link_libbpf(const struct skep_link *link);

SKEP_END_DECLS

SKEP_DEFINE_FREEP(skep_link);

#endif
