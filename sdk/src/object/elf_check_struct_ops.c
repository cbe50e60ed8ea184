/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* struct_ops: a struct of function pointers, which relocations fill with programs. */
#include "elf_check_parts.h"

/* SEC("struct_ops"), "struct_ops/name", "struct_ops.s/name", and with '?' in front. */
static bool is_program_section(const struct skep_elf_section *s)
{
	const char *name = s->name;

	name += *name == '?';
	if (!skep_elf_holds_code(s) || strncmp(name, "struct_ops", 10) != 0)
		return false;
	return !name[10] || name[10] == '/' || name[10] == '.';
}

static bool fills(const struct skep_elf *e, const struct skep_elf_section *relocs)
{
	for (uint64_t i = 0; i < relocs->header.sh_size / sizeof(Elf64_Rel); i++) {
		const Elf64_Sym *symbol;
		Elf64_Rel rel;

		memcpy(&rel, e->data + relocs->header.sh_offset + i * sizeof(rel), sizeof(rel));
		symbol = &e->symbols[ELF64_R_SYM(rel.r_info)];
		if (symbol->st_shndx < e->section_count &&
		    is_program_section(&e->sections[symbol->st_shndx]))
			return true;
	}
	return false;
}

/*
 * libbpf 1.1 looks up the kernel's struct without having read the kernel's BTF when no program
 * of the object asks for it.
 */
static bool has_program(const struct skep_elf *e, const struct skep_elf_section *home)
{
	for (uint32_t i = 1; i < e->section_count; i++) {
		const struct skep_elf_section *s = &e->sections[i];

		if (s->header.sh_type == SHT_REL &&
		    s->header.sh_info == skep_elf_section_index(e, home) && fills(e, s))
			return true;
	}
	return false;
}

int skep_elf_check_struct_ops(const struct skep_elf *e, const struct skep_elf_section *home,
			      const struct btf_type *variable, uint32_t bytes)
{
	const char *name = skep_elf_btf_name(e, variable->name_off);
	uint32_t id = skep_elf_btf_strip(e, variable->type);
	const char *kind = skep_elf_btf_kind_name(skep_elf_btf_kind(e, id));

	if (!has_program(e, home))
		return skep_elf_refuse(e, "struct_ops %.64s has no program of SEC(\"struct_ops\")",
				       name);
	/* It copies as many bytes as the struct has. */
	if (skep_elf_btf_kind(e, id) != BTF_KIND_STRUCT || e->btf.types[id]->size > bytes)
		return skep_elf_refuse(e, "struct_ops %.64s has %u bytes, its type is a %s of %u",
				       name, bytes, kind, e->btf.types[id]->size);
	return 0;
}
