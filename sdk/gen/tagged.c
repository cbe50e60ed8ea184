/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * clang leaves enumerators that only code uses out of BTF. So skep_emit_as() leaves a variable that
 * nobody uses, whose type says the number: `struct { U (*TAG)[TAG + 1]; } skep_tag_`.
 */
#include "gen.h"

#include <string.h>

#include <bpf/btf.h>
#include <skep/types.h>

static const struct btf_type *base(const struct btf *btf, __u32 *id)
{
	const struct btf_type *t = btf__type_by_id(btf, *id);

	while (t && (btf_is_mod(t) || btf_is_typedef(t))) {
		*id = t->type;
		t = btf__type_by_id(btf, *id);
	}
	return t;
}

static bool is_named(const struct btf *btf, __u32 name, const char *text)
{
	return !strcmp(btf__name_by_offset(btf, name), text);
}

unsigned int gen_tagged_union(const struct btf *btf, unsigned int record)
{
	const struct btf_type *t = base(btf, &record);
	const struct btf_member *m;
	const struct btf_type *tag, *all;
	__u32 tag_id, all_id;

	if (!t || !btf_is_struct(t) || btf_vlen(t) != 2)
		return 0;
	m = btf_members(t);
	tag_id = m[0].type;
	all_id = m[1].type;
	tag = base(btf, &tag_id);
	all = base(btf, &all_id);
	if (!tag || !btf_is_struct(tag) || !is_named(btf, tag->name_off, "skep_tag") ||
	    tag->size != sizeof(struct skep_tag) || !all || !btf_is_union(all) ||
	    !is_named(btf, m[1].name_off, "record") ||
	    btf_member_bit_offset(t, 1) != 8 * sizeof(struct skep_tag))
		return 0;
	return m[1].type;
}

/* The one member of the struct that a variable of skep_emit_as() is; NULL: it is another. */
static const struct btf_member *noted_by(const struct btf *btf, const struct btf_type *var)
{
	const struct btf_type *t;
	__u32 id = var->type;

	if (!btf_is_var(var) || !strstr(btf__name_by_offset(btf, var->name_off), "skep_tag_"))
		return NULL;
	t = base(btf, &id);
	return t && btf_is_struct(t) && btf_vlen(t) == 1 ? btf_members(t) : NULL;
}

int gen_tagged_number(const struct btf *btf, unsigned int union_id, const char *member)
{
	base(btf, &union_id);
	for (__u32 i = 1; i < btf__type_cnt(btf); i++) {
		const struct btf_member *m = noted_by(btf, btf__type_by_id(btf, i));
		const struct btf_type *t;
		__u32 id;

		if (!m || !is_named(btf, m->name_off, member))
			continue;
		id = m->type;
		t = base(btf, &id);
		if (!t || !btf_is_ptr(t))
			continue;
		id = t->type;
		t = base(btf, &id);
		if (!t || !btf_is_array(t))
			continue;
		id = btf_array(t)->type;
		base(btf, &id);
		if (id == union_id && btf_array(t)->nelems - 1 < SKEP_TAGS_MOST)
			return (int)btf_array(t)->nelems - 1;
	}
	return -1;
}
