/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Relocations: each names a symbol that exists, and a place in a section that exists. */
#include "elf_check_parts.h"

#include <inttypes.h>

/* The bytes that each kind of BPF relocation changes. Old compilers use the first for all. */
static const struct {
	uint32_t type;
	uint32_t width;
} kinds[] = {
	{ 0 /* R_BPF_NONE */, 0 },        { 1 /* R_BPF_64_64 */, 8 },
	{ 2 /* R_BPF_64_ABS64 */, 8 },    { 3 /* R_BPF_64_ABS32 */, 4 },
	{ 4 /* R_BPF_64_NODYLD32 */, 4 }, { 10 /* R_BPF_64_32 */, 4 },
};

static bool find_width(uint32_t type, uint32_t *width)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (kinds[i].type == type) {
			*width = kinds[i].width;
			return true;
		}
	}
	return false;
}

static int check_reloc(const struct skep_elf *e, const struct skep_elf_section *s, uint64_t i)
{
	const struct skep_elf_section *target = &e->sections[s->header.sh_info];
	bool code = target->header.sh_flags & SHF_EXECINSTR;
	uint32_t width;
	Elf64_Rel rel;

	memcpy(&rel, e->data + s->header.sh_offset + i * sizeof(rel), sizeof(rel));
	if (!find_width(ELF64_R_TYPE(rel.r_info), &width))
		return skep_elf_refuse(e,
				       "relocation %" PRIu64 " of %.64s is of type %" PRIu64
				       ", which BPF has not",
				       i, s->name, ELF64_R_TYPE(rel.r_info));
	if (ELF64_R_SYM(rel.r_info) >= e->symbol_count)
		return skep_elf_refuse(
			e, "relocation %" PRIu64 " of %.64s is for symbol %" PRIu64 " of %u", i,
			s->name, ELF64_R_SYM(rel.r_info), e->symbol_count);
	if (code && rel.r_offset % SKEP_ELF_INSN_SIZE)
		return skep_elf_refuse(e,
				       "relocation %" PRIu64 " of %.64s is at %" PRIu64
				       ", within an instruction",
				       i, s->name, rel.r_offset);
	if (code)
		width = SKEP_ELF_INSN_SIZE;
	if (target->header.sh_flags & SHF_COMPRESSED)
		return 0; /* debug information: its size is another one, and libbpf skips it */
	if (!skep_elf_within(rel.r_offset, width, target->header.sh_size))
		return skep_elf_refuse(e,
				       "relocation %" PRIu64 " of %.64s is at %" PRIu64
				       " of section %.64s, which has %" PRIu64,
				       i, s->name, rel.r_offset, target->name,
				       target->header.sh_size);
	return 0;
}

/* A function alone in .text is its own subprogram to libbpf: see elf_check_functions.c. */
static int check_own_address(const struct skep_elf *e, const struct skep_elf_section *s, uint64_t i)
{
	const struct skep_elf_section *target = &e->sections[s->header.sh_info];
	const Elf64_Sym *symbol;
	Elf64_Rel rel;

	if (e->function_count != 1 || strcmp(target->name, ".text") != 0)
		return 0;
	memcpy(&rel, e->data + s->header.sh_offset + i * sizeof(rel), sizeof(rel));
	symbol = &e->symbols[ELF64_R_SYM(rel.r_info)];
	if (symbol->st_shndx != s->header.sh_info)
		return 0;
	return skep_elf_refuse(e, "the only function, in .text, uses its own address");
}

static int check_section(const struct skep_elf *e, const struct skep_elf_section *s)
{
	uint64_t count = s->header.sh_size / sizeof(Elf64_Rel);
	int err = 0;

	if (s->header.sh_link != e->symbols_section)
		return skep_elf_refuse(e,
				       "relocations %.64s refer to section %u, the symbols are %u",
				       s->name, s->header.sh_link, e->symbols_section);
	if (!s->header.sh_info || s->header.sh_info >= e->section_count)
		return skep_elf_refuse(e, "relocations %.64s are for section %u of %u", s->name,
				       s->header.sh_info, e->section_count);
	for (uint64_t i = 0; !err && i < count; i++) {
		err = check_reloc(e, s, i);
		if (!err)
			err = check_own_address(e, s, i);
	}
	return err;
}

int skep_elf_check_relocs(struct skep_elf *e)
{
	int err = 0;

	for (uint32_t i = 1; !err && i < e->section_count; i++) {
		if (e->sections[i].header.sh_type == SHT_REL)
			err = check_section(e, &e->sections[i]);
	}
	return err;
}
