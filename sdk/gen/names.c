/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * How a BTF type is written in C on the user's side: integers by their width, kernel pointers
 * as 64-bit numbers, shared types by their own names, others by the object's.
 */
#include "model.h"

#include <string.h>

const struct btf_type *gen_plain(const struct gen *g, __u32 *id)
{
	const struct btf_type *t = btf__type_by_id(g->btf, *id);

	while (t && btf_is_mod(t)) {
		*id = t->type;
		t = btf__type_by_id(g->btf, *id);
	}
	return t;
}

const struct btf_type *gen_base(const struct gen *g, __u32 *id)
{
	const struct btf_type *t = btf__type_by_id(g->btf, *id);

	while (t && (btf_is_mod(t) || btf_is_typedef(t))) {
		*id = t->type;
		t = btf__type_by_id(g->btf, *id);
	}
	return t;
}

static const char *keyword(const struct btf_type *t)
{
	if (btf_is_struct(t))
		return "struct";
	if (btf_is_union(t))
		return "union";
	return btf_is_any_enum(t) ? "enum" : "";
}

bool gen_is_shared(const struct gen *g, __u32 id)
{
	const struct btf_type *t = gen_plain(g, &id);
	const char *name = btf__name_by_offset(g->btf, t->name_off);

	if (!*name || !(btf_is_composite(t) || btf_is_any_enum(t) || btf_is_typedef(t)))
		return false;
	return gen_tags_have(&g->tags, keyword(t), name);
}

static const char *integer(bool is_signed, __u32 bytes)
{
	switch (bytes) {
	case 1:
		return is_signed ? "int8_t" : "uint8_t";
	case 2:
		return is_signed ? "int16_t" : "uint16_t";
	case 4:
		return is_signed ? "int32_t" : "uint32_t";
	case 8:
		return is_signed ? "int64_t" : "uint64_t";
	default:
		return is_signed ? "skep_int128" : "skep_uint128";
	}
}

static const char *number(const struct gen *g, const struct btf_type *t)
{
	const char *name = btf__name_by_offset(g->btf, t->name_off);

	if (btf_int_encoding(t) & BTF_INT_BOOL)
		return "bool";
	if (!strcmp(name, "char"))
		return "char"; /* text, more often than not */
	return integer(btf_int_encoding(t) & BTF_INT_SIGNED, t->size);
}

/* A typedef is the only name that `typedef struct { ... } x;` has; unless a struct has it too. */
static const char *typedef_name(const struct gen *g, const struct btf_type *t, __u32 id)
{
	const char *found = NULL;
	bool taken = false;

	for (__u32 i = 1; i < btf__type_cnt(g->btf); i++) {
		const struct btf_type *other = btf__type_by_id(g->btf, i);

		if (btf_is_typedef(other) && other->type == id && !found)
			found = btf__name_by_offset(g->btf, other->name_off);
	}
	for (__u32 i = 1; found && i < btf__type_cnt(g->btf); i++) {
		const struct btf_type *other = btf__type_by_id(g->btf, i);

		if (btf_kind(other) == btf_kind(t) &&
		    !strcmp(btf__name_by_offset(g->btf, other->name_off), found))
			taken = true;
	}
	return taken ? NULL : found;
}

/* The tag that we give to a type which no header defines. */
static void own_tag(const struct gen *g, const struct btf_type *t, __u32 id, char buf[GEN_DECL])
{
	const char *name = btf__name_by_offset(g->btf, t->name_off);

	if (!*name)
		name = typedef_name(g, t, id);
	if (name)
		snprintf(buf, GEN_DECL, "%s %s__%s", keyword(t), g->name, name);
	else
		snprintf(buf, GEN_DECL, "%s %s__anonymous_%u", keyword(t), g->name, id);
	gen_make_identifier(buf + strlen(keyword(t)) + 1);
}

/* `t` is neither modifier nor array. */
static void spell(const struct gen *g, const struct btf_type *t, __u32 id, char buf[GEN_DECL])
{
	const char *name = btf__name_by_offset(g->btf, t->name_off);

	if (gen_is_shared(g, id)) {
		snprintf(buf, GEN_DECL, "%s%s%s", keyword(t), *keyword(t) ? " " : "", name);
	} else if (btf_is_typedef(t)) {
		id = t->type;
		t = gen_plain(g, &id);
		spell(g, t, id, buf);
	} else if (btf_is_int(t)) {
		snprintf(buf, GEN_DECL, "%s", number(g, t));
	} else if (btf_is_any_enum(t)) {
		snprintf(buf, GEN_DECL, "%s", integer(btf_kflag(t), t->size));
	} else if (btf_is_float(t)) {
		snprintf(buf, GEN_DECL, "%s", t->size == 4 ? "float" : "double");
	} else if (btf_is_composite(t)) {
		own_tag(g, t, id, buf);
	} else {
		snprintf(buf, GEN_DECL, "uint64_t"); /* a pointer of the kernel's */
	}
}

/* Adds to what is in `buf`; what does not fit is cut. */
static void add(char buf[GEN_DECL], const char *text)
{
	size_t used = strlen(buf);

	snprintf(buf + used, GEN_DECL - used, "%s", text);
}

const char *gen_declare(const struct gen *g, __u32 id, const char *name, char buf[GEN_DECL])
{
	char dimensions[GEN_DECL] = "";
	const struct btf_type *t = gen_plain(g, &id);

	/* Arrays, also of arrays, also behind typedefs that no header has. */
	for (;;) {
		char dimension[16] = "[]";
		__u32 base_id = id;
		const struct btf_type *base = gen_base(g, &base_id);

		if (!btf_is_array(base) || (btf_is_typedef(t) && gen_is_shared(g, id)))
			break;
		if (btf_array(base)->nelems || *dimensions)
			snprintf(dimension, sizeof(dimension), "[%u]", btf_array(base)->nelems);
		add(dimensions, dimension);
		id = btf_array(base)->type;
		t = gen_plain(g, &id);
	}
	buf[0] = '\0';
	spell(g, t, id, buf);
	if (*name)
		add(buf, " ");
	add(buf, name);
	add(buf, dimensions);
	return buf;
}
