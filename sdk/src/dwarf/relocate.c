// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * clang leaves references between debugging sections, and from them to the code, to relocations,
 * which elfutils knows for BPF only in newer versions, and with other places for the sections
 * than ours. There are three kinds, each "symbol + what is there". Numbers and names are those of
 * the kernel's Documentation/bpf/llvm_reloc.rst.
 */
#include "handle.h"

#include <errno.h>
#include <gelf.h>
#include <string.h>

#define R_BPF_64_ABS64    2
#define R_BPF_64_ABS32    3
#define R_BPF_64_NODYLD32 4
/* What clang before 13 wrote for the first two. */
#define R_BPF_64_64       1
#define R_BPF_64_32       10

struct target {
	char *data; /* of the section that is relocated */
	uint64_t bytes;
};

static uint64_t value_of(const GElf_Sym *symbol)
{
	bool placed = symbol->st_shndx != SHN_UNDEF && symbol->st_shndx < SHN_LORESERVE;

	return symbol->st_value + (placed ? section_base(symbol->st_shndx) : 0);
}

static void apply(const struct target *target, const GElf_Rel *rel, const GElf_Sym *symbol,
		  bool is_code)
{
	bool wide = GELF_R_TYPE(rel->r_info) == R_BPF_64_ABS64 ||
		    GELF_R_TYPE(rel->r_info) == R_BPF_64_64;
	size_t width = wide ? 8 : 4;
	uint64_t word = 0;

	if (rel->r_offset > target->bytes || target->bytes - rel->r_offset < width)
		return;
	/* Only addresses of code move; an offset into a debugging section counts from its start. */
	memcpy(&word, target->data + rel->r_offset, width);
	word += is_code ? value_of(symbol) : symbol->st_value;
	memcpy(target->data + rel->r_offset, &word, width);
}

static bool is_known(uint64_t type)
{
	return type == R_BPF_64_ABS64 || type == R_BPF_64_ABS32 || type == R_BPF_64_NODYLD32 ||
	       type == R_BPF_64_64 || type == R_BPF_64_32;
}

static bool is_code(Elf *elf, const GElf_Sym *symbol)
{
	GElf_Shdr header;
	Elf_Scn *section;

	if (symbol->st_shndx == SHN_UNDEF || symbol->st_shndx >= SHN_LORESERVE)
		return false;
	section = elf_getscn(elf, symbol->st_shndx);
	return section && gelf_getshdr(section, &header) && header.sh_flags & SHF_EXECINSTR;
}

static int apply_all(Elf *elf, Elf_Scn *relocations, const GElf_Shdr *header,
		     const struct target *target)
{
	Elf_Data *rels = elf_getdata(relocations, NULL);
	Elf_Scn *symtab = elf_getscn(elf, header->sh_link);
	Elf_Data *symbols = symtab ? elf_getdata(symtab, NULL) : NULL;
	size_t count = header->sh_entsize ? header->sh_size / header->sh_entsize : 0;

	if (!rels || !symbols || symbols->d_type != ELF_T_SYM || rels->d_type != ELF_T_REL)
		return skep_error_set(EINVAL, "compile the object again",
				      "relocations of debugging information are damaged");
	for (size_t i = 0; i < count && i <= INT32_MAX; i++) {
		GElf_Sym symbol;
		GElf_Rel rel;

		if (!gelf_getrel(rels, (int)i, &rel) || GELF_R_SYM(rel.r_info) > INT32_MAX ||
		    !gelf_getsym(symbols, (int)GELF_R_SYM(rel.r_info), &symbol) ||
		    !is_known(GELF_R_TYPE(rel.r_info)))
			return skep_error_set(EINVAL, "compile the object again",
					      "relocation %zu of debugging information is damaged",
					      i);
		apply(target, &rel, &symbol, is_code(elf, &symbol));
	}
	return 0;
}

/* Where the section that is relocated lies in the image; false when it is not for us. */
static bool find_target(Elf *elf, char *image, size_t bytes, const GElf_Shdr *relocations,
			struct target *target)
{
	Elf_Scn *section = elf_getscn(elf, relocations->sh_info);
	GElf_Shdr header;
	const char *name;
	size_t names;

	if (!section || !gelf_getshdr(section, &header) || elf_getshdrstrndx(elf, &names))
		return false;
	name = elf_strptr(elf, names, header.sh_name);
	if (!name || strncmp(name, ".debug_", 7) || header.sh_type == SHT_NOBITS ||
	    header.sh_offset > bytes || header.sh_size > bytes - header.sh_offset)
		return false;
	target->data = image + header.sh_offset;
	target->bytes = header.sh_size;
	return true;
}

int relocate(Elf *elf, char *image, size_t bytes)
{
	Elf_Scn *section = NULL;

	while ((section = elf_nextscn(elf, section))) {
		struct target target;
		GElf_Shdr header;
		int err;

		if (!gelf_getshdr(section, &header) || header.sh_type != SHT_REL ||
		    !find_target(elf, image, bytes, &header, &target))
			continue;
		err = apply_all(elf, section, &header, &target);
		if (err)
			return err;
	}
	return 0;
}
