/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A map definition of .maps: a struct whose members' types carry the values. */
#include "elf_check_parts.h"

/* How a member carries its value. */
enum carrier {
	NUMBER, /* int (*name)[VALUE] */
	TYPE,   /* VALUE *name */
	LIST,   /* VALUE *name[0] */
};

static const struct {
	const char *name;
	enum carrier carrier;
} members[] = {
	{ "type", NUMBER },      { "max_entries", NUMBER }, { "map_flags", NUMBER },
	{ "numa_node", NUMBER }, { "key_size", NUMBER },    { "value_size", NUMBER },
	{ "pinning", NUMBER },   { "map_extra", NUMBER },   { "key", TYPE },
	{ "value", TYPE },       { "values", LIST },
};

static const char *const carriers[] = {
	[NUMBER] = "a pointer to an array",
	[TYPE] = "a pointer",
	[LIST] = "an array of pointers",
};

static bool carries(const struct skep_elf *e, uint32_t id, enum carrier carrier)
{
	const struct btf_array *array;

	if (carrier == TYPE)
		return skep_elf_btf_kind(e, id) == BTF_KIND_PTR;
	if (carrier == NUMBER) {
		id = skep_elf_btf_strip(e, id);
		return skep_elf_btf_kind(e, id) == BTF_KIND_PTR &&
		       skep_elf_btf_kind(e, e->btf.types[id]->type) == BTF_KIND_ARRAY;
	}
	array = skep_elf_btf_tail(e->btf.types[id]);
	return skep_elf_btf_kind(e, id) == BTF_KIND_ARRAY &&
	       skep_elf_btf_kind(e, skep_elf_btf_strip(e, array->type)) == BTF_KIND_PTR;
}

/*
 * libbpf takes a map of this type for one that .struct_ops defines, and follows a pointer that
 * only those have.
 */
static int check_number(const struct skep_elf *e, const char *map, const char *member, uint32_t id)
{
	const struct btf_type *pointer = e->btf.types[skep_elf_btf_strip(e, id)];
	const struct btf_array *array = skep_elf_btf_tail(e->btf.types[pointer->type]);

	if (strcmp(member, "type") != 0 || array->nelems != BPF_MAP_TYPE_STRUCT_OPS)
		return 0;
	return skep_elf_refuse(e,
			       "map %.64s is a struct_ops map, which only SEC(\".struct_ops\") "
			       "can define",
			       map);
}

static int check_member(const struct skep_elf *e, const char *map, const struct btf_member *m)
{
	const char *name = skep_elf_btf_name(e, m->name_off);

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		if (strcmp(name, members[i].name))
			continue;
		if (!carries(e, m->type, members[i].carrier))
			return skep_elf_refuse(
				e, "member %s of map %.64s is a %s, expected %s", name, map,
				skep_elf_btf_kind_name(skep_elf_btf_kind(e, m->type)),
				carriers[members[i].carrier]);
		if (members[i].carrier == NUMBER)
			return check_number(e, map, name, m->type);
	}
	return 0; /* what libbpf does not know, it says so */
}

/* The map that an array or hash of maps holds, or 0. */
static uint32_t inner_map(const struct skep_elf *e, const struct btf_member *m)
{
	const struct btf_array *array = skep_elf_btf_tail(e->btf.types[m->type]);
	uint32_t id;

	if (strcmp(skep_elf_btf_name(e, m->name_off), "values") != 0)
		return 0;
	id = e->btf.types[skep_elf_btf_strip(e, array->type)]->type;
	id = skep_elf_btf_strip(e, id);
	return skep_elf_btf_kind(e, id) == BTF_KIND_STRUCT ? id : 0;
}

static int check_members(const struct skep_elf *e, const char *map, uint32_t id, uint32_t *inner)
{
	const struct btf_type *t = e->btf.types[id];
	const struct btf_member *m = skep_elf_btf_tail(t);
	int err = 0;

	*inner = 0;
	for (uint32_t i = 0; !err && i < BTF_INFO_VLEN(t->info); i++, m++) {
		err = check_member(e, map, m);
		if (!err && !*inner)
			*inner = inner_map(e, m);
	}
	return err;
}

int skep_elf_check_map(const struct skep_elf *e, const struct btf_type *variable, uint32_t bytes)
{
	const char *map = skep_elf_btf_name(e, variable->name_off);
	uint32_t id = skep_elf_btf_strip(e, variable->type);
	uint32_t inner;
	int err;

	if (skep_elf_btf_kind(e, id) != BTF_KIND_STRUCT)
		return skep_elf_refuse(e, "map %.64s is a %s, expected a struct", map,
				       skep_elf_btf_kind_name(skep_elf_btf_kind(e, id)));
	if (e->btf.types[id]->size > bytes)
		return skep_elf_refuse(e, "map %.64s has %u bytes, its struct has %u", map, bytes,
				       e->btf.types[id]->size);
	err = check_members(e, map, id, &inner);
	if (!err && inner)
		err = check_members(e, map, inner, &inner);
	return err;
}
