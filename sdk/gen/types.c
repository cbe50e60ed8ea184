/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Definitions of types that no header has, and assertions that both sides agree on all. */
#include "model.h"

#include <stdlib.h>
#include <string.h>

static void indent(const struct gen *g, int depth)
{
	for (int i = 0; i < depth; i++)
		fputc('\t', g->out);
}

static __u32 size_of(const struct gen *g, __u32 id)
{
	long long bytes = btf__resolve_size(g->btf, id);

	return bytes > 0 ? (__u32)bytes : 0;
}

/* What the user's compiler would align it to. */
static __u32 align_of(const struct gen *g, __u32 id)
{
	const struct btf_type *t = gen_base(g, &id);
	__u32 most = 1;

	if (btf_is_array(t))
		return align_of(g, btf_array(t)->type);
	if (!btf_is_composite(t)) {
		__u32 bytes = size_of(g, id);

		return bytes ? (bytes > 16 ? 16 : bytes) : 1;
	}
	for (__u32 i = 0; i < btf_vlen(t); i++) {
		__u32 align = align_of(g, btf_members(t)[i].type);

		if (align > most)
			most = align;
	}
	return most;
}

static void emit_struct_body(struct gen *g, const struct btf_type *t, int depth);

static void emit_member(struct gen *g, const struct gen_member *m, int depth)
{
	__u32 id = m->type;
	const struct btf_type *t = gen_plain(g, &id);
	char buf[GEN_DECL], name[GEN_DECL];

	indent(g, depth);
	gen_field_name(m->name, name);
	if (btf_is_composite(t) && !*btf__name_by_offset(g->btf, t->name_off)) {
		fprintf(g->out, "%s {\n", btf_is_struct(t) ? "struct" : "union");
		emit_struct_body(g, t, depth + 1);
		indent(g, depth);
		fprintf(g->out, "}%s%s;\n", *name ? " " : "", name);
	} else if (m->bits) {
		fprintf(g->out, "%s : %u;\n", gen_declare(g, m->type, name, buf), m->bits);
	} else {
		fprintf(g->out, "%s;\n", gen_declare(g, m->type, name, buf));
	}
}

void gen_emit_members(struct gen *g, const struct gen_member *members, size_t count, __u32 bytes,
		      bool is_union, int depth)
{
	__u32 at = 0; /* where C would go on, in bytes */
	int pads = 0;

	for (size_t i = 0; i < count; i++) {
		const struct gen_member *m = &members[i];
		__u32 offset = m->bit_offset / 8, align = align_of(g, m->type);
		__u32 natural = (at + align - 1) / align * align;

		if (!m->bits && !is_union && offset > natural) {
			indent(g, depth);
			fprintf(g->out, "uint8_t pad_%d_[%u];\n", pads++, offset - at);
		}
		emit_member(g, m, depth);
		if (!is_union)
			at = m->bits ? (m->bit_offset + m->bits + 7) / 8
				     : offset + size_of(g, m->type);
	}
	if (!is_union && bytes > at && count) {
		__u32 most = 1;

		for (size_t i = 0; i < count; i++)
			if (align_of(g, members[i].type) > most)
				most = align_of(g, members[i].type);
		if ((at + most - 1) / most * most < bytes) {
			indent(g, depth);
			fprintf(g->out, "uint8_t pad_%d_[%u];\n", pads, bytes - at);
		}
	}
}

static struct gen_member *members_of(const struct gen *g, const struct btf_type *t)
{
	struct gen_member *list = calloc(btf_vlen(t) + 1U, sizeof(*list));

	for (__u32 i = 0; list && i < btf_vlen(t); i++) {
		const struct btf_member *m = &btf_members(t)[i];

		list[i] = (struct gen_member){
			.name = btf__name_by_offset(g->btf, m->name_off),
			.type = m->type,
			.bit_offset = btf_member_bit_offset(t, i),
			.bits = btf_member_bitfield_size(t, i),
		};
	}
	return list;
}

static void emit_struct_body(struct gen *g, const struct btf_type *t, int depth)
{
	struct gen_member *members = members_of(g, t);

	if (members)
		gen_emit_members(g, members, btf_vlen(t), t->size, btf_is_union(t), depth);
	free(members);
}

/* Whether a member stands where its alignment would not let it. */
static bool is_packed(const struct gen *g, const struct btf_type *t)
{
	__u32 most = 1;

	for (__u32 i = 0; i < btf_vlen(t); i++) {
		__u32 align = align_of(g, btf_members(t)[i].type);

		if (!btf_member_bitfield_size(t, i) && btf_member_bit_offset(t, i) / 8 % align)
			return true;
		if (align > most)
			most = align;
	}
	return t->size % most;
}

/* sizeof and offsetof of everything that has a name, against the BPF side. */
static void assert_layout(const struct gen *g, const struct btf_type *t, const char *type)
{
	fprintf(g->out, "SKEP_GEN_SIZE_(%s, %u);\n", type, t->size);
	for (__u32 i = 0; i < btf_vlen(t); i++) {
		const struct btf_member *m = &btf_members(t)[i];
		const char *name = btf__name_by_offset(g->btf, m->name_off);
		char field[GEN_DECL];
		__u32 bytes = size_of(g, m->type);

		if (!*name || btf_member_bitfield_size(t, i) || !bytes)
			continue;
		fprintf(g->out, "SKEP_GEN_FIELD_(%s, %s, %u, %u);\n", type,
			gen_field_name(name, field), btf_member_bit_offset(t, i) / 8, bytes);
	}
}

static void emit_parts(struct gen *g, const struct btf_type *t)
{
	for (__u32 i = 0; i < btf_vlen(t); i++) {
		__u32 id = btf_members(t)[i].type;
		const struct btf_type *part = gen_plain(g, &id);

		if (btf_is_composite(part) && !*btf__name_by_offset(g->btf, part->name_off))
			emit_parts(g, part);
		else
			gen_emit_type(g, id);
	}
}

void gen_emit_type(struct gen *g, __u32 id)
{
	const struct btf_type *t = gen_plain(g, &id);
	char type[GEN_DECL];
	__u32 base_id = id;

	gen_declare(g, id, "", type);
	if (btf_is_typedef(t) && !gen_is_shared(g, id)) {
		gen_emit_type(g, t->type);
		return;
	}
	t = gen_base(g, &base_id);
	if (btf_is_array(t)) {
		gen_emit_type(g, btf_array(t)->type);
		return;
	}
	if (!btf_is_composite(t) || g->emitted[base_id])
		return;
	g->emitted[base_id] = true;
	emit_parts(g, t);
	if (!gen_is_shared(g, id)) {
		fprintf(g->out, "%s {\n", type);
		emit_struct_body(g, t, 1);
		fprintf(g->out, "}%s;\n", is_packed(g, t) ? " __attribute__((packed))" : "");
	}
	assert_layout(g, t, type);
	fputc('\n', g->out);
}
