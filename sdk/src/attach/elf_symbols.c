/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Both tables of symbols, and the versions of those that others link against. */
#include "elf_file.h"

#include <string.h>

#define VERSIONS_MAX 4096 /* that one library defines */

struct versions {
	Elf_Data *of_symbols; /* .gnu.version, or NULL */
	const char *names[VERSIONS_MAX];
};

static Elf_Scn *find_by_type(const struct skep_elf *elf, uint32_t type, GElf_Shdr *header)
{
	Elf_Scn *section = NULL;

	while ((section = elf_nextscn(elf->elf, section)))
		if (gelf_getshdr(section, header) && header->sh_type == type)
			return section;
	return NULL;
}

static void read_versions(const struct skep_elf *elf, struct versions *versions)
{
	GElf_Shdr header;
	Elf_Scn *section = find_by_type(elf, SHT_GNU_versym, &header);
	Elf_Data *defined;
	size_t at = 0;

	memset(versions, 0, sizeof(*versions));
	if (!section)
		return;
	versions->of_symbols = elf_getdata(section, NULL);
	section = find_by_type(elf, SHT_GNU_verdef, &header);
	defined = section ? elf_getdata(section, NULL) : NULL;
	for (int i = 0; defined && i < VERSIONS_MAX && at <= INT32_MAX; i++) {
		GElf_Verdef definition;
		GElf_Verdaux name;

		if (!gelf_getverdef(defined, (int)at, &definition) ||
		    at + definition.vd_aux > INT32_MAX ||
		    !gelf_getverdaux(defined, (int)(at + definition.vd_aux), &name))
			return;
		if (definition.vd_ndx < VERSIONS_MAX)
			versions->names[definition.vd_ndx] =
				elf_strptr(elf->elf, header.sh_link, name.vda_name);
		if (!definition.vd_next)
			return;
		at += definition.vd_next;
	}
}

/* .dynsym has versions beside it, .symtab behind the name: NAME@@VERSION. */
static void set_version(struct skep_elf_symbol *symbol, const struct versions *versions, size_t i)
{
	const char *at = strchr(symbol->name, '@');
	GElf_Versym version;

	symbol->length = at ? (size_t)(at - symbol->name) : strlen(symbol->name);
	symbol->is_default = true;
	if (at) {
		symbol->is_default = at[1] == '@';
		symbol->version = at + (symbol->is_default ? 2 : 1);
		return;
	}
	if (!versions || !versions->of_symbols || i > INT32_MAX ||
	    !gelf_getversym(versions->of_symbols, (int)i, &version))
		return;
	symbol->is_default = !(version & 0x8000);
	if ((version & 0x7fff) > 1 && (version & 0x7fff) < VERSIONS_MAX)
		symbol->version = versions->names[version & 0x7fff];
}

static void walk(const struct skep_elf *elf, Elf_Scn *section, const GElf_Shdr *header,
		 const struct versions *versions, skep_elf_symbol_fn *fn, void *ctx)
{
	size_t one = gelf_fsize(elf->elf, ELF_T_SYM, 1, EV_CURRENT);
	Elf_Data *data = elf_getdata(section, NULL);
	size_t count = data && one ? data->d_size / one : 0;

	for (size_t i = 1; i < count && i <= INT32_MAX; i++) {
		struct skep_elf_symbol symbol = { 0 };
		GElf_Sym sym;

		if (!gelf_getsym(data, (int)i, &sym))
			return;
		symbol.type = GELF_ST_TYPE(sym.st_info);
		if (symbol.type != STT_FUNC && symbol.type != STT_GNU_IFUNC &&
		    symbol.type != STT_NOTYPE)
			continue;
		symbol.name = elf_strptr(elf->elf, header->sh_link, sym.st_name);
		if (!symbol.name || !*symbol.name)
			continue;
		symbol.bind = GELF_ST_BIND(sym.st_info);
		symbol.address = sym.st_value;
		symbol.size = sym.st_size;
		symbol.is_defined = sym.st_shndx != SHN_UNDEF && sym.st_shndx != SHN_ABS;
		set_version(&symbol, versions, i);
		if (symbol.length)
			fn(&symbol, ctx);
	}
}

bool skep_elf_each_symbol(const struct skep_elf *elf, skep_elf_symbol_fn *fn, void *ctx)
{
	GElf_Shdr header;
	Elf_Scn *section = find_by_type(elf, SHT_DYNSYM, &header);
	struct versions versions;

	if (section) {
		read_versions(elf, &versions);
		walk(elf, section, &header, &versions, fn, ctx);
	}
	section = find_by_type(elf, SHT_SYMTAB, &header);
	if (section)
		walk(elf, section, &header, NULL, fn, ctx);
	return section != NULL;
}
