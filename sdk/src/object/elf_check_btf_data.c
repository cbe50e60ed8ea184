/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * BTF of variables against the sections they lie in. libbpf takes a variable's offset from the
 * symbol of its name, and reads or copies its bytes there without another look.
 */
#include "elf_check_parts.h"

#include <inttypes.h>

#define KSYMS   ".ksyms"
#define KCONFIG ".kconfig"

/* All variables of .kconfig share one map. Real ones take a few bytes each. */
#define KCONFIG_MAX (1U << 20)

struct data {
	const struct btf_type *type;
	const char *name;
	const struct skep_elf_section *section;
};

/* .ksyms and .kconfig are no sections of the file: the kernel, or libbpf, has those variables. */
static bool is_extern(const struct data *d)
{
	return !strcmp(d->name, KSYMS) || !strcmp(d->name, KCONFIG);
}

static bool is_struct_ops(const struct data *d)
{
	return !strcmp(d->name, ".struct_ops") || !strcmp(d->name, ".struct_ops.link");
}

/* libbpf finds the offset of a variable by its symbol, in whatever section that is. */
static int check_symbol(const struct skep_elf *e, const struct data *d, const char *name,
			uint32_t bytes)
{
	const Elf64_Sym *symbol = skep_elf_find_global(e, name);
	uint32_t home = skep_elf_section_index(e, d->section);

	if (!symbol)
		return skep_elf_refuse(e, "variable %.64s of section %.64s has no symbol", name,
				       d->name);
	if (symbol->st_shndx != home)
		return skep_elf_refuse(e,
				       "variable %.64s is in section %.64s for BTF, and in %u, "
				       "not %u, for its symbol",
				       name, d->name, symbol->st_shndx, home);
	if (!skep_elf_within(symbol->st_value, bytes, d->section->header.sh_size))
		return skep_elf_refuse(e,
				       "variable %.64s of %u bytes is at %" PRIu64
				       " of section %.64s, which has %" PRIu64,
				       name, bytes, symbol->st_value, d->name,
				       d->section->header.sh_size);
	return 0;
}

static int check_defined(const struct skep_elf *e, const struct data *d,
			 const struct btf_var_secinfo *info, const struct btf_type *var)
{
	const struct btf_var *v = skep_elf_btf_tail(var);
	const char *name = skep_elf_btf_name(e, var->name_off);
	int err = 0;

	if (v->linkage == BTF_VAR_GLOBAL_EXTERN)
		return 0;
	if (!skep_elf_within(info->offset, info->size, d->section->header.sh_size))
		return skep_elf_refuse(e,
				       "variable %.64s has %u bytes at %u of section %.64s, "
				       "which has %" PRIu64,
				       name, info->size, info->offset, d->name,
				       d->section->header.sh_size);
	if (v->linkage == BTF_VAR_GLOBAL_ALLOCATED)
		err = check_symbol(e, d, name, info->size);
	if (!err && !strcmp(d->name, ".maps"))
		err = skep_elf_check_map(e, var, info->size);
	if (!err && is_struct_ops(d))
		err = skep_elf_check_struct_ops(e, d->section, var, info->size);
	return err;
}

/* libbpf works out size and alignment before it asks whether it knows the type at all. */
static int check_kconfig(const struct skep_elf *e, const struct btf_type *var, uint64_t *total)
{
	uint32_t id = skep_elf_btf_strip(e, var->type);
	const struct btf_array *array = skep_elf_btf_tail(e->btf.types[id]);
	uint32_t of = id;
	uint32_t kind;

	if (skep_elf_btf_kind(e, id) == BTF_KIND_ARRAY)
		of = skep_elf_btf_strip(e, array->type);
	kind = skep_elf_btf_kind(e, of);
	if (kind != BTF_KIND_INT && kind != BTF_KIND_ENUM && kind != BTF_KIND_ENUM64)
		return skep_elf_refuse(e,
				       "%.64s of .kconfig is a %s: only integers, enums and "
				       "arrays of char are possible",
				       skep_elf_btf_name(e, var->name_off),
				       skep_elf_btf_kind_name(kind));
	if (e->btf.sizes[id] > KCONFIG_MAX)
		*total = KCONFIG_MAX + 1;
	*total += e->btf.sizes[id] + 8;
	if (*total > KCONFIG_MAX)
		return skep_elf_refuse(e,
				       "the variables of .kconfig up to %.64s take more than "
				       "%u bytes",
				       skep_elf_btf_name(e, var->name_off), KCONFIG_MAX);
	return 0;
}

/* A variable that this object defines, or NULL: all of them are extern. */
static const char *find_defined(const struct skep_elf *e, const struct btf_type *section)
{
	const struct btf_var_secinfo *info = skep_elf_btf_tail(section);

	for (uint32_t i = 0; i < BTF_INFO_VLEN(section->info); i++) {
		const struct btf_type *var = e->btf.types[info[i].type];
		const struct btf_var *v = skep_elf_btf_tail(var);

		if (BTF_INFO_KIND(var->info) == BTF_KIND_VAR && v->linkage != BTF_VAR_GLOBAL_EXTERN)
			return skep_elf_btf_name(e, var->name_off);
	}
	return NULL;
}

static int refuse_missing(const struct skep_elf *e, const struct data *d)
{
	const char *name = find_defined(e, d->type);
	int err;

	if (!name) {
		err = skep_elf_refuse_unsupported(e,
						  "all variables of section %.64s are in "
						  "another object",
						  d->name);
		return skep_fail_hint(err, "link it with that object: bpftool gen object");
	}
	err = skep_elf_refuse(e, "variable %.64s is in section %.64s, which is not there", name,
			      d->name);
	return skep_fail_hint(err, "if you compile with -fdata-sections, do without");
}

static int find_section(const struct skep_elf *e, struct data *d)
{
	if (is_extern(d))
		return 0;
	d->section = skep_elf_find_section(e, d->name);
	if (!d->section)
		return refuse_missing(e, d);
	if (d->type->size > d->section->header.sh_size)
		return skep_elf_refuse(e, "section %.64s has %" PRIu64 " bytes, BTF says %u",
				       d->name, d->section->header.sh_size, d->type->size);
	return 0;
}

static int check_datasec(const struct skep_elf *e, uint32_t id)
{
	const struct btf_type *t = e->btf.types[id];
	const struct btf_var_secinfo *info = skep_elf_btf_tail(t);
	struct data d = { .type = t, .name = skep_elf_btf_name(e, t->name_off) };
	uint64_t total = 0;
	int err = find_section(e, &d);

	for (uint32_t i = 0; !err && i < BTF_INFO_VLEN(t->info); i++, info++) {
		const struct btf_type *var = e->btf.types[info->type];
		bool function = BTF_INFO_KIND(var->info) == BTF_KIND_FUNC;

		if (function && strcmp(d.name, KSYMS) != 0)
			err = skep_elf_refuse(e, "section %.64s has function %.64s as a variable",
					      d.name, skep_elf_btf_name(e, var->name_off));
		else if (!strcmp(d.name, KCONFIG))
			err = check_kconfig(e, var, &total);
		else if (!is_extern(&d))
			err = check_defined(e, &d, info, var);
	}
	return err;
}

/* libbpf looks these up by name, and some later code by id: there must be one. */
static int check_unique(const struct skep_elf *e, uint32_t id)
{
	static const char *const names[] = { ".maps", KSYMS, KCONFIG, ".struct_ops",
					     ".struct_ops.link" };
	const char *name = skep_elf_btf_name(e, e->btf.types[id]->name_off);
	size_t i = 0;

	while (i < sizeof(names) / sizeof(names[0]) && strcmp(names[i], name) != 0)
		i++;
	if (i == sizeof(names) / sizeof(names[0]))
		return 0;
	for (uint32_t other = 1; other < id; other++) {
		if (skep_elf_btf_kind(e, other) == BTF_KIND_DATASEC &&
		    !strcmp(skep_elf_btf_name(e, e->btf.types[other]->name_off), name))
			return skep_elf_refuse(e, "BTF types %u and %u are both for section %s",
					       other, id, name);
	}
	return 0;
}

int skep_elf_check_btf_data(struct skep_elf *e)
{
	int err = 0;

	for (uint32_t id = 1; !err && id < e->btf.count; id++) {
		if (skep_elf_btf_kind(e, id) != BTF_KIND_DATASEC)
			continue;
		err = check_unique(e, id);
		if (!err)
			err = check_datasec(e, id);
	}
	return err;
}
