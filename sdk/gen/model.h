/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What the generator works on. */
#ifndef SKEP_GEN_MODEL_H
#define SKEP_GEN_MODEL_H

#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <skep/object.h>
#include <stdbool.h>
#include <stdio.h>

/* Tags and typedefs that the user's headers define, each as "struct x", "enum x" or "x". */
struct gen_tags {
	char **names;
	size_t count;
};

/* Adds what `path` and the files that it includes with "" define. 0 or a negative errno. */
int gen_tags_read(struct gen_tags *tags, const char *path);
bool gen_tags_have(const struct gen_tags *tags, const char *kind, const char *name);
void gen_tags_free(struct gen_tags *tags);

struct gen {
	struct skep_object *object;
	const struct btf *btf;
	char name[64];
	struct gen_tags tags;
	bool *emitted; /* by type id */
	FILE *out;
};

/* --- names.c: how a BTF type is written in C on the user's side --- */

/* The type behind const, volatile and other modifiers; typedefs stay. */
const struct btf_type *gen_plain(const struct gen *g, __u32 *id);

/* The type behind modifiers and typedefs. */
const struct btf_type *gen_base(const struct gen *g, __u32 *id);

/* Whether the user's headers define this type, so that it is used by its own name. */
bool gen_is_shared(const struct gen *g, __u32 id);

/* "struct exec_event e[4]", or with an empty name "struct exec_event[4]". Returns `buf`. */
#define GEN_DECL 320
const char *gen_declare(const struct gen *g, __u32 id, const char *name, char buf[GEN_DECL]);

/* A field's name: C++ keywords get an underscore. */
const char *gen_field_name(const char *name, char buf[GEN_DECL]);

/* --- types.c: definitions and assertions --- */

/* Defines what no header defines, dependencies first, and asserts the layout of what one does. */
void gen_emit_type(struct gen *g, __u32 id);

/* The members of a struct, one a line, with padding where C would not put them there itself. */
struct gen_member {
	const char *name; /* "" for an anonymous struct or union */
	__u32 type;
	__u32 bit_offset;
	__u32 bits; /* of a bit-field, else 0 */
};
void gen_emit_members(struct gen *g, const struct gen_member *members, size_t count, __u32 bytes,
		      bool is_union, int depth);

/* --- objects --- */

/* `.rodata`, `.data`, `.bss`: a struct and an accessor each. */
void gen_emit_sections(struct gen *g);
void gen_emit_maps(struct gen *g);
void gen_emit_programs(struct gen *g);

/* Whether a map is one that the user wrote and can name. */
bool gen_map_is_visible(const struct gen *g, const struct bpf_map *map);

/* What is right but will surprise: holes in keys and records. */
void gen_note_padding(const struct gen *g, FILE *notes);

/* The object's bytes as 64-bit words, under the architecture's condition. */
void gen_emit_bytes(FILE *out, const char *name, const char *arch, const void *data, size_t bytes,
		    bool first);

#endif
