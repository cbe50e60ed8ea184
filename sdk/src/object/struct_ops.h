/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Structs of functions in an object: what libbpf is too old for, and what it says when it fails. */
#ifndef SKEP_OBJECT_STRUCT_OPS_H
#define SKEP_OBJECT_STRUCT_OPS_H

#include <stdbool.h>
#include <stddef.h>

struct bpf_object;
struct btf;
struct skep_capture;
struct skep_link;
struct skep_object;

#define SKEP_STRUCT_OPS_LINK (1U << 13) /* of a map: it is registered by links (BPF_F_LINK) */

/* The kernel's name of its struct for programs is this and the struct's. */
#define SKEP_STRUCT_OPS_PREFIX "bpf_struct_ops_"

/* What is attached of an object, one for each of its maps. */
struct skep_struct_ops_use {
	struct skep_link *link; /* made by skep_object_attach() */
	bool by_hand;           /* by skep_attach_struct_ops(): then left alone */
};

/* An image that this libbpf understands; `data` NULL: the image itself is one. */
struct skep_struct_ops_image {
	void *data; /* malloc'ed */
	bool links; /* its structs are registered by links */
	bool sleepable;
};

/*
 * libbpf before 1.2 does not know SEC(".struct_ops.link") and SEC("struct_ops.s/..."): they get
 * names that it knows, and after it has opened them what the names said. Only for what
 * skep_elf_check() has let through. -errno in words.
 */
int skep_struct_ops_adapt(const void *data, size_t bytes, const char *label,
			  struct skep_struct_ops_image *image);
void skep_struct_ops_mark(const struct bpf_object *obj, const struct skep_struct_ops_image *image);

/*
 * The name of the struct that a map is, "tcp_congestion_ops", as the kernel has it; "" where it
 * cannot be told.
 */
void skep_struct_ops_type(const struct skep_object *object, const char *map, char *name,
			  size_t size);

/*
 * Where a load failed because of a struct of functions, fails with that in words. 0: it was
 * something else.
 */
int skep_struct_ops_explain(const struct skep_object *object, int err,
			    const struct skep_capture *said);

#endif
