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
		return is_signed ? "__int128" : "unsigned __int128";
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

/* The tag that we give to a type which no header defines. */
static void own_tag(const struct gen *g, const struct btf_type *t, __u32 id, char buf[GEN_DECL])
{
	const char *name = btf__name_by_offset(g->btf, t->name_off);

	if (*name)
		snprintf(buf, GEN_DECL, "%s %s__%s", keyword(t), g->name, name);
	else
		snprintf(buf, GEN_DECL, "%s %s__anonymous_%u", keyword(t), g->name, id);
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

const char *gen_declare(const struct gen *g, __u32 id, const char *name, char buf[GEN_DECL])
{
	char dimensions[GEN_DECL / 4] = "", type[GEN_DECL];
	const struct btf_type *t = gen_plain(g, &id);
	size_t used = 0;

	/* Arrays, also of arrays, also behind typedefs that no header has. */
	for (;;) {
		__u32 base_id = id;
		const struct btf_type *base = gen_base(g, &base_id);

		if (!btf_is_array(base) || (btf_is_typedef(t) && gen_is_shared(g, id)))
			break;
		used += (size_t)snprintf(dimensions + used, sizeof(dimensions) - used, "[%u]",
					 btf_array(base)->nelems);
		if (used >= sizeof(dimensions))
			break;
		id = btf_array(base)->type;
		t = gen_plain(g, &id);
	}
	if (!strcmp(dimensions, "[0]"))
		strcpy(dimensions, "[]");
	spell(g, t, id, type);
	snprintf(buf, GEN_DECL, "%.200s%s%.64s%s", type, *name ? " " : "", name, dimensions);
	return buf;
}

const char *gen_field_name(const char *name, char buf[GEN_DECL])
{
	static const char *const keywords[] = {
		"alignas",   "alignof",  "and",       "asm",      "auto",     "bool",
		"catch",     "class",    "constexpr", "delete",   "decltype", "explicit",
		"export",    "false",    "friend",    "inline",   "mutable",  "namespace",
		"new",       "noexcept", "not",       "nullptr",  "operator", "or",
		"private",   "protected", "public",   "register", "restrict", "template",
		"this",      "thread_local", "throw", "true",     "try",      "typeid",
		"typename",  "using",    "virtual",   "wchar_t",  "xor",
	};
	const char *mark = "";

	for (size_t i = 0; i < sizeof(keywords) / sizeof(keywords[0]); i++)
		if (!strcmp(name, keywords[i]))
			mark = "_";
	snprintf(buf, GEN_DECL, "%s%s", name, mark);
	return buf;
}
