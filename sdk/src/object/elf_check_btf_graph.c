/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * BTF types refer to each other, and libbpf follows them: in loops, and by recursion. In C, a
 * type gets back to itself only through a pointer and a struct. So two graphs have to be
 * without cycles, and not too deep:
 *  - what a type contains: elements, members, aliases; without what pointers point to
 *  - what its declaration spells out: also pointers and parameters; without members
 */
#include "elf_check_parts.h"

#include <inttypes.h>

/* Deeper than any compiler makes, and shallow enough for each recursion in libbpf. */
#define DEPTH_MAX 256

#define BEING_VISITED UINT16_MAX

/* The kinds whose references a graph leaves out: a bit per kind. */
static const uint32_t contents_ends = 1U << BTF_KIND_PTR | 1U << BTF_KIND_FUNC_PROTO |
				      1U << BTF_KIND_DATASEC | 1U << BTF_KIND_DECL_TAG;
static const uint32_t spelling_ends = 1U << BTF_KIND_STRUCT | 1U << BTF_KIND_UNION |
				      1U << BTF_KIND_DATASEC | 1U << BTF_KIND_DECL_TAG;

struct walk {
	const struct skep_elf *e;
	uint32_t ends;
	uint16_t *heights; /* 0: not visited yet */
};

/* The nth type that a type refers to; false: there are fewer. */
static bool reference(const struct btf_type *t, uint32_t n, uint32_t *to)
{
	const struct btf_array *array = skep_elf_btf_tail(t);
	const struct btf_member *members = skep_elf_btf_tail(t);
	const struct btf_param *params = skep_elf_btf_tail(t);

	switch (BTF_INFO_KIND(t->info)) {
	case BTF_KIND_PTR:
	case BTF_KIND_TYPEDEF:
	case BTF_KIND_VOLATILE:
	case BTF_KIND_CONST:
	case BTF_KIND_RESTRICT:
	case BTF_KIND_TYPE_TAG:
	case BTF_KIND_FUNC:
	case BTF_KIND_VAR:
		*to = t->type;
		return n == 0;
	case BTF_KIND_ARRAY:
		*to = n ? array->index_type : array->type;
		return n < 2;
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		if (n >= BTF_INFO_VLEN(t->info))
			return false;
		*to = members[n].type;
		return true;
	case BTF_KIND_FUNC_PROTO:
		if (n > BTF_INFO_VLEN(t->info))
			return false;
		*to = n ? params[n - 1].type : t->type;
		return true;
	default:
		return false;
	}
}

/* Recurses at most DEPTH_MAX times. */
static int visit(struct walk *w, uint32_t id, uint32_t depth)
{
	const struct btf_type *t = w->e->btf.types[id];
	uint16_t height = 1;
	uint32_t to;

	if (w->heights[id] == BEING_VISITED)
		return skep_elf_refuse(w->e, "BTF type %u, a %s, is part of itself", id,
				       skep_elf_btf_kind_name(BTF_INFO_KIND(t->info)));
	if (w->heights[id])
		return 0;
	if (depth > DEPTH_MAX)
		return skep_elf_refuse(w->e, "BTF type %u is nested more than %d levels deep", id,
				       DEPTH_MAX);
	w->heights[id] = BEING_VISITED;
	for (uint32_t n = 0; !(w->ends & 1U << BTF_INFO_KIND(t->info)) && reference(t, n, &to);
	     n++) {
		int err = visit(w, to, depth + 1);

		if (err)
			return err;
		if (height <= w->heights[to])
			height = w->heights[to] + 1;
	}
	w->heights[id] = height;
	if (height > DEPTH_MAX)
		return skep_elf_refuse(w->e, "BTF type %u has more than %d levels of types", id,
				       DEPTH_MAX);
	return 0;
}

static int check_graph(const struct skep_elf *e, uint32_t ends)
{
	struct walk w = { .e = e, .ends = ends };
	int err = 0;

	w.heights = calloc(e->btf.count, sizeof(*w.heights));
	if (!w.heights)
		return skep_elf_no_memory(e);
	for (uint32_t id = 1; !err && id < e->btf.count; id++)
		err = visit(&w, id, 0);
	free(w.heights);
	return err;
}

uint32_t skep_elf_btf_strip(const struct skep_elf *e, uint32_t id)
{
	for (;;) {
		switch (skep_elf_btf_kind(e, id)) {
		case BTF_KIND_TYPEDEF:
		case BTF_KIND_VOLATILE:
		case BTF_KIND_CONST:
		case BTF_KIND_RESTRICT:
		case BTF_KIND_TYPE_TAG:
			id = e->btf.types[id]->type;
			break;
		default:
			return id;
		}
	}
}

/* `sizes` remembers: 0 is not known yet, else one more than the size. */
static uint64_t size_of(const struct skep_elf *e, uint32_t id)
{
	const struct btf_type *t = e->btf.types[id];
	const struct btf_array *array = skep_elf_btf_tail(t);
	uint64_t size = 0;

	if (e->btf.sizes[id])
		return e->btf.sizes[id] - 1;
	switch (BTF_INFO_KIND(t->info)) {
	case BTF_KIND_INT:
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
	case BTF_KIND_FLOAT:
		size = t->size;
		break;
	case BTF_KIND_PTR:
		size = 8;
		break;
	case BTF_KIND_TYPEDEF:
	case BTF_KIND_VOLATILE:
	case BTF_KIND_CONST:
	case BTF_KIND_RESTRICT:
	case BTF_KIND_TYPE_TAG:
	case BTF_KIND_VAR:
		size = size_of(e, t->type);
		break;
	case BTF_KIND_ARRAY:
		size = size_of(e, array->type);
		if (__builtin_mul_overflow(size, array->nelems, &size) || size > INT64_MAX)
			size = INT64_MAX;
		break;
	default:
		break;
	}
	e->btf.sizes[id] = size + 1;
	return size;
}

/* Bits that a member takes; false: a bit field of something that has no such bits. */
static bool member_bits(const struct skep_elf *e, const struct btf_member *m, bool fields,
			uint64_t *bits)
{
	uint32_t kind = skep_elf_btf_kind(e, skep_elf_btf_strip(e, m->type));
	uint64_t size = e->btf.sizes[m->type] - 1;

	*bits = size > UINT32_MAX ? UINT64_MAX : size * 8;
	if (!fields || !BTF_MEMBER_BITFIELD_SIZE(m->offset))
		return true;
	if (kind != BTF_KIND_INT && kind != BTF_KIND_ENUM && kind != BTF_KIND_ENUM64)
		return false;
	if (BTF_MEMBER_BITFIELD_SIZE(m->offset) > *bits)
		return false;
	*bits = BTF_MEMBER_BITFIELD_SIZE(m->offset);
	return true;
}

/*
 * Members end within their struct: libbpf copies struct_ops members by their own sizes. It also
 * divides by the size of a bit field's type.
 */
static int check_members(const struct skep_elf *e, uint32_t id)
{
	const struct btf_type *t = e->btf.types[id];
	const struct btf_member *m = skep_elf_btf_tail(t);
	bool fields = BTF_INFO_KFLAG(t->info);

	for (uint32_t i = 0; i < BTF_INFO_VLEN(t->info); i++, m++) {
		uint64_t offset = fields ? BTF_MEMBER_BIT_OFFSET(m->offset) : m->offset;
		uint64_t bits;

		if (!member_bits(e, m, fields, &bits))
			return skep_elf_refuse(
				e, "member %.64s of BTF type %u is a bit field of a %s",
				skep_elf_btf_name(e, m->name_off), id,
				skep_elf_btf_kind_name(skep_elf_btf_kind(e, m->type)));
		if (!skep_elf_within(offset, bits, (uint64_t)t->size * 8))
			return skep_elf_refuse(e,
					       "member %.64s at bit %" PRIu64 " of BTF type %u "
					       "(%.64s, %u bytes) ends beyond it",
					       skep_elf_btf_name(e, m->name_off), offset, id,
					       skep_elf_btf_name(e, t->name_off), t->size);
	}
	return 0;
}

int skep_elf_check_btf_graph(struct skep_elf *e)
{
	int err = 0;

	if (!e->btf.count)
		return 0;
	err = check_graph(e, contents_ends);
	if (!err)
		err = check_graph(e, spelling_ends);
	for (uint32_t id = 0; !err && id < e->btf.count; id++)
		(void)size_of(e, id);
	for (uint32_t id = 1; !err && id < e->btf.count; id++) {
		uint32_t kind = skep_elf_btf_kind(e, id);

		if (kind == BTF_KIND_STRUCT || kind == BTF_KIND_UNION)
			err = check_members(e, id);
	}
	return err;
}
