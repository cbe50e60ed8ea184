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

static void emit_struct_body(struct gen *g, const struct btf_type *t, int depth);

static void emit_pad(struct gen *g, __u32 bytes, int depth)
{
	indent(g, depth);
	fprintf(g->out, "uint8_t pad_%d_[%u];\n", g->pads++, bytes);
}

/* The struct or union without a name of its own that a member is, or is an array of. */
static const struct btf_type *find_anonymous(const struct gen *g, __u32 id)
{
	const struct btf_type *t = gen_plain(g, &id);

	while (btf_is_array(t)) {
		id = btf_array(t)->type;
		t = gen_plain(g, &id);
	}
	return btf_is_composite(t) && !*btf__name_by_offset(g->btf, t->name_off) ? t : NULL;
}

/* `struct { ... } name[4];`: the text of the declaration, from where the type's name ends. */
static const char *behind_type(const char *declaration)
{
	const char *space = strchr(declaration, ' '); /* behind "struct" */

	space = space ? strpbrk(space + 1, " [") : NULL;
	return space ? space : "";
}

static void emit_anonymous(struct gen *g, const struct gen_member *m, const struct btf_type *t,
			   int depth)
{
	char buf[GEN_DECL], name[GEN_DECL];

	/* Without a name it is C11, and in C++ an extension. */
	fprintf(g->out, "%s%s {\n", *m->name ? "" : "__extension__ ",
		btf_is_struct(t) ? "struct" : "union");
	emit_struct_body(g, t, depth + 1);
	indent(g, depth);
	gen_field_name(m->name, name);
	fprintf(g->out, "}%s%s;\n", gen_is_packed(g, t) ? " __attribute__((packed))" : "",
		behind_type(gen_declare(g, m->type, name, buf)));
}

static void emit_member(struct gen *g, const struct gen_member *m, int depth)
{
	const struct btf_type *anonymous = find_anonymous(g, m->type);
	char buf[GEN_DECL], name[GEN_DECL];

	indent(g, depth);
	gen_field_name(m->name, name);
	if (anonymous)
		emit_anonymous(g, m, anonymous, depth);
	else if (m->bits)
		/* Of other types than int they are an extension that every compiler has. */
		fprintf(g->out, "__extension__ %s : %u;\n", gen_declare(g, m->type, name, buf),
			m->bits);
	else
		fprintf(g->out, gen_size_of(g, m->type) ? "%s;\n" : "SKEP_GEN_FLEXIBLE_(%s)\n",
			gen_declare(g, m->type, name, buf));
}

/*
 * Fills the bits from `at` to `to`: to the end of the byte, then bytes, then bits. A bit-field of
 * one byte's type never reaches over its end.
 */
static void emit_gap(struct gen *g, __u32 at, __u32 to, int depth)
{
	__u32 bits = at % 8 ? 8 - at % 8 : 0;

	if (bits > to - at)
		bits = to - at;
	if (bits) {
		indent(g, depth);
		fprintf(g->out, "__extension__ uint8_t : %u;\n", bits);
		at += bits;
	}
	if (to - at >= 8) {
		emit_pad(g, (to - at) / 8, depth);
		at += (to - at) / 8 * 8;
	}
	if (to > at) {
		indent(g, depth);
		fprintf(g->out, "__extension__ uint8_t : %u;\n", to - at);
	}
}

/* The bit where C would put the member after what ends at the bit `at`. */
static __u32 natural_place(const struct gen *g, const struct gen_members *all,
			   const struct gen_member *m, __u32 at)
{
	__u32 align = all->is_packed ? 1 : gen_align_of(g, m->type);
	__u32 unit = gen_size_of(g, m->type) * 8;

	if (!m->bits)
		return (at + 8 * align - 1) / (8 * align) * (8 * align);
	if (!all->is_packed && unit && at % unit + m->bits > unit)
		return (at + unit - 1) / unit * unit;
	return at;
}

/* Of members without size only a flexible array at the very end means something. */
static bool is_left_out(const struct gen *g, const struct gen_members *all, size_t i, int depth)
{
	__u32 id = all->list[i].type;
	const struct btf_type *t = gen_base(g, &id);

	if (all->list[i].bits || gen_size_of(g, id))
		return false;
	return all->is_union || depth > 1 || !i || i + 1 < all->count || !btf_is_array(t) ||
	       btf_array(t)->nelems || !gen_size_of(g, btf_array(t)->type);
}

static void emit_end(struct gen *g, const struct gen_members *all, __u32 bytes, int depth)
{
	__u32 most = 1, end;

	for (size_t i = 0; i < all->count && !all->is_packed; i++) {
		__u32 align = gen_align_of(g, all->list[i].type);

		if (align > most)
			most = align;
	}
	end = (bytes + most - 1) / most * most;
	if (end < all->bytes)
		emit_pad(g, all->is_union ? all->bytes : all->bytes - bytes, depth);
}

void gen_emit_members(struct gen *g, const struct gen_members *all, int depth)
{
	__u32 at = 0, most = 0; /* where C would go on, in bits */

	for (size_t i = 0; i < all->count; i++) {
		const struct gen_member *m = &all->list[i];
		__u32 end = m->bit_offset + (m->bits ? m->bits : gen_size_of(g, m->type) * 8);

		if (is_left_out(g, all, i, depth))
			continue;
		if (!all->is_union && m->bit_offset > natural_place(g, all, m, at))
			emit_gap(g, at, m->bit_offset, depth);
		emit_member(g, m, depth);
		at = all->is_union ? 0 : end;
		if (end > most)
			most = end;
	}
	emit_end(g, all, (most + 7) / 8, depth);
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
	const struct gen_members members = {
		.list = members_of(g, t),
		.count = btf_vlen(t),
		.bytes = t->size,
		.is_union = btf_is_union(t),
		.is_packed = gen_is_packed(g, t),
	};

	if (members.list)
		gen_emit_members(g, &members, depth);
	free(members.list);
}

/* sizeof and offsetof of everything that has a name, against the BPF side. */
static void assert_layout(const struct gen *g, const struct btf_type *t, const char *type,
			  bool is_shared)
{
	fprintf(g->out, "SKEP_GEN_SIZE_(%s, %u);\n", type, t->size);
	for (__u32 i = 0; i < btf_vlen(t); i++) {
		const struct btf_member *m = &btf_members(t)[i];
		const char *name = btf__name_by_offset(g->btf, m->name_off);
		char field[GEN_DECL];
		__u32 bytes = gen_size_of(g, m->type);

		if (!*name || btf_member_bitfield_size(t, i) || !bytes)
			continue;
		/* In the user's own header it has the user's own name. */
		fprintf(g->out, "SKEP_GEN_FIELD_(%s, %s, %u, %u);\n", type,
			is_shared ? name : gen_field_name(name, field),
			btf_member_bit_offset(t, i) / 8, bytes);
	}
}

/* What the members are made of; of a type that a header defines, only what headers define. */
static void emit_parts(struct gen *g, const struct btf_type *t, bool is_shared)
{
	for (__u32 i = 0; i < btf_vlen(t); i++) {
		__u32 id = btf_members(t)[i].type;
		const struct btf_type *part = find_anonymous(g, id);

		gen_plain(g, &id);
		if (part)
			emit_parts(g, part, is_shared);
		else if (!is_shared || gen_is_shared(g, id))
			gen_emit_type(g, id);
	}
}

void gen_emit_type(struct gen *g, __u32 id)
{
	const struct btf_type *t = gen_plain(g, &id);
	bool is_shared = gen_is_shared(g, id);
	char type[GEN_DECL];
	__u32 base_id = id;

	gen_declare(g, id, "", type);
	if (btf_is_typedef(t) && !is_shared) {
		gen_emit_type(g, t->type);
		return;
	}
	t = gen_base(g, &base_id);
	if (btf_is_array(t)) {
		gen_emit_type(g, btf_array(t)->type);
		return;
	}
	if (!btf_is_composite(t) || !t->size || g->emitted[base_id])
		return;
	g->emitted[base_id] = true;
	emit_parts(g, t, is_shared);
	if (!is_shared) {
		g->pads = 0;
		fprintf(g->out, "%s {\n", type);
		emit_struct_body(g, t, 1);
		fprintf(g->out, "}%s;\n", gen_is_packed(g, t) ? " __attribute__((packed))" : "");
	}
	assert_layout(g, t, type, is_shared);
	fputc('\n', g->out);
}
