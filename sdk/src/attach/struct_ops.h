/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Structs of functions of an object, all at once. Public side: <skep/attach/struct_ops.h>. */
#ifndef SKEP_ATTACH_STRUCT_OPS_INNER_H
#define SKEP_ATTACH_STRUCT_OPS_INNER_H

struct skep_object;
struct skep_map;

/* For skep_object_attach(): all that were not attached by hand. -errno in words. */
int skep_object_attach_struct_ops(struct skep_object *object);
void skep_object_detach_struct_ops(struct skep_object *object);

/* struct_ops_why.c: fails with what the kernel misses in the struct, or who has its place. */
int skep_struct_ops_refuse(const struct skep_object *object, const struct skep_map *map, int err);

#endif
