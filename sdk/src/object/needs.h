/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What the parts of a report of needs share. Public side: <skep/needs.h>. */
#ifndef SKEP_OBJECT_NEEDS_H
#define SKEP_OBJECT_NEEDS_H

#include <bpf/btf.h>
#include <skep/needs.h>

#include "kernel/attempt.h"
#include "object.h"
#include "verifier/object/objinfo.h"
#include "verifier/text/arena.h"

#define SKEP_NEEDS_VISITS (32U << 20)
#define SKEP_NEEDS_MAX    4096 /* more than any real object has; what comes after is left out */

struct skep_needs {
	struct skep_arena arena;
	struct skep_need *all;
	size_t count, room;
};

/* What is looked at now. */
struct skep_needs_look {
	struct skep_needs *needs;
	const struct skep_object *object;
	const struct skep_objinfo *info;  /* NULL: the object's file is not at hand */
	const struct btf *local, *kernel; /* of the object and the kernel; NULL: none */
	const struct btf *own;            /* the running kernel's, whatever `kernel` is */
	/* One program. */
	const struct bpf_program *program;
	const char *name;
	const struct skep_code_layout *layout; /* or NULL */
	struct skep_trivial setting;           /* the plainest program of its kind */
	bool is_set;                           /* false: none can be loaded */
	size_t first;                          /* of its needs */
	uint32_t visits;                       /* of CO-RE's records that may still be made */
};

/*
 * A need of the program under way (or of the object), at an instruction or nowhere. NULL: it is on
 * the list already, or there is no memory. `name` is copied.
 */
struct skep_need *skep_needs_add(struct skep_needs_look *look, enum skep_need_kind kind,
				 const char *name, const struct skep_code *at);
void skep_needs_say(struct skep_needs_look *look, struct skep_need *need, const char *why,
		    const char *remedy);

/* needs_code.c: helpers, kfuncs, variables of the kernel, instructions, maps in use. */
void skep_needs_read_code(struct skep_needs_look *look);
/* Where a map is used first; false: nowhere. */
bool skep_needs_find_map(const struct skep_needs_look *look, const char *map, struct skep_code *at);

/* needs_core.c: what CO-RE looks for. -ENOMEM is told by the arena. */
void skep_needs_read_core(struct skep_needs_look *look);
/* Whether the program asks if there is such a helper. */
bool skep_needs_core_asks(const struct skep_needs_look *look, const char *helper);
bool skep_needs_uses_core(const struct skep_needs_look *look);

/* needs_object.c: what no program needs alone. */
void skep_needs_read_object(struct skep_needs_look *look);

/* needs_target.c: types, hook and target of the program under way; sets look->setting. */
void skep_needs_read_program(struct skep_needs_look *look);
/* Whether /proc/kallsyms has it: one that BTF does not have. */
bool skep_needs_is_symbol(const char *name);

#endif
