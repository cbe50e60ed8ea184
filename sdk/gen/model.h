/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What the generator works on. */
#ifndef SKEP_GEN_MODEL_H
#define SKEP_GEN_MODEL_H

#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <skep/object.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

struct gen_file {
	dev_t dev;
	ino_t ino;
};

/* Tags and typedefs that the user's headers define, each as "struct x", "enum x" or "x". */
struct gen_tags {
	char **names;
	size_t count;
	struct gen_file *seen; /* read already */
	size_t seen_count;
	const char *root;           /* the header that the user gave */
	const char *const *folders; /* where includes are looked for besides */
	size_t folder_count;
};

/* --- tags.c --- */

/* Adds what skep's own headers define that every generated header includes. 0 or -ENOMEM. */
int gen_tags_add_known(struct gen_tags *tags);

/* Adds what `path` and the files that it includes define, as far as they are found. 0 or -errno. */
int gen_tags_read(struct gen_tags *tags, const char *path);
bool gen_tags_have(const struct gen_tags *tags, const char *kind, const char *name);
void gen_tags_free(struct gen_tags *tags);

struct gen {
	struct skep_object *object;
	const struct btf *btf;
	char name[64];
	struct gen_tags tags;
	bool *emitted;   /* by type id */
	__u8 *alignment; /* by type id; 0: not computed yet */
	int pads;        /* members of padding so far: each needs a name */
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
#define GEN_NAME 512 /* of a type, field, map or program: the kernel takes no longer ones */
#define GEN_DECL 2048
const char *gen_declare(const struct gen *g, __u32 id, const char *name, char buf[GEN_DECL]);

/* A field's name: words that C or C++ has taken get an underscore. */
const char *gen_field_name(const char *name, char buf[GEN_DECL]);

/* Makes what is no letter or digit an underscore. */
void gen_make_identifier(char *name);

/* Whether C or C++ has taken a word. */
bool gen_is_keyword(const char *name);

/* 0, or an error in words where maps or programs have names that C cannot spell. */
int gen_check_names(const struct gen *g);

/* --- layout.c: where C puts things --- */

__u32 gen_size_of(const struct gen *g, __u32 id);

/* What the user's compiler would align it to. */
__u32 gen_align_of(const struct gen *g, __u32 id);

/* Whether a struct or union has something where C would put it only if it is packed. */
bool gen_is_packed(const struct gen *g, const struct btf_type *t);

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

struct gen_members {
	struct gen_member *list;
	size_t count;
	__u32 bytes; /* of the whole; 0: it ends where the last member ends */
	bool is_union;
	bool is_packed;
};
void gen_emit_members(struct gen *g, const struct gen_members *all, int depth);

/* --- objects --- */

/* `.rodata`, `.data`, `.bss`: a struct and an accessor each. */
void gen_emit_sections(struct gen *g);
void gen_emit_maps(struct gen *g);
void gen_emit_programs(struct gen *g);
void gen_emit_ring(struct gen *g, const struct bpf_map *map);

/* What changes a map's size before load; `unit` is what it is counted in. */
void gen_emit_resize(struct gen *g, const char *name, const char *unit);

/* handles.c: a typedef by the map's kind, the function that gives it, and those that check it. */
bool gen_map_has_handle(const struct bpf_map *map);
void gen_emit_handle(struct gen *g, const struct bpf_map *map, const char *suffix);

/* Whether a map is one that the user wrote and can name. */
bool gen_map_is_visible(const struct gen *g, const struct bpf_map *map);

/* What is right but will surprise: holes in keys and records. */
void gen_note_padding(const struct gen *g, FILE *notes);

/* The object's bytes as 64-bit words, under the architecture's condition. */
void gen_emit_bytes(FILE *out, const char *name, const char *arch, const void *data, size_t bytes,
		    bool first);

#endif
