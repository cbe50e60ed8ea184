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

/* The file's bytes at which a relocation changes an instruction: a bit each. */
static void mark(unsigned char *marks, uint64_t at)
{
	marks[at / 8] |= (unsigned char)(1U << at % 8);
}

static bool is_marked(const unsigned char *marks, uint64_t at)
{
	return marks[at / 8] >> at % 8 & 1;
}

static int check_reloc(const struct skep_elf *e, const struct skep_elf_section *s, uint64_t i,
		       unsigned char *marks)
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
	if (skep_elf_holds_code(target))
		mark(marks, target->header.sh_offset + rel.r_offset);
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

static int check_section(const struct skep_elf *e, const struct skep_elf_section *s,
			 unsigned char *marks)
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
	/* libbpf goes by the name when it decides whether to look at them at all. */
	if (strncmp(s->name, ".rel", 4) != 0 ||
	    strcmp(s->name + 4, e->sections[s->header.sh_info].name) != 0)
		return skep_elf_refuse(e, "relocations %.64s are for section %.64s", s->name,
				       e->sections[s->header.sh_info].name);
	for (uint64_t i = 0; !err && i < count; i++) {
		err = check_reloc(e, s, i, marks);
		if (!err)
			err = check_own_address(e, s, i);
	}
	return err;
}

/*
 * Only within .text does a call reach its function without a relocation. libbpf 1.1 frees a table
 * twice when a program without relocations calls two functions.
 */
static int check_calls(const struct skep_elf *e, const struct skep_elf_section *s,
		       const unsigned char *marks)
{
	for (uint64_t at = 0; at < s->header.sh_size; at += SKEP_ELF_INSN_SIZE) {
		struct bpf_insn insn;
		int err;

		memcpy(&insn, e->data + s->header.sh_offset + at, sizeof(insn));
		if (insn.code != (BPF_JMP | BPF_CALL) || insn.src_reg != BPF_PSEUDO_CALL ||
		    is_marked(marks, s->header.sh_offset + at))
			continue;
		err = skep_elf_refuse(e,
				      "byte %" PRIu64 " of section %.64s calls a function "
				      "without a relocation",
				      at, s->name);
		return skep_fail_hint(err, "leave static functions without SEC()");
	}
	return 0;
}

int skep_elf_check_relocs(struct skep_elf *e)
{
	unsigned char *marks = calloc(e->size / 8 + 1, 1);
	int err = 0;

	if (!marks)
		return skep_elf_no_memory(e);
	for (uint32_t i = 1; !err && i < e->section_count; i++) {
		if (e->sections[i].header.sh_type == SHT_REL)
			err = check_section(e, &e->sections[i], marks);
	}
	for (uint32_t i = 1; !err && i < e->section_count; i++) {
		if (skep_elf_holds_code(&e->sections[i]) &&
		    strcmp(e->sections[i].name, ".text") != 0)
			err = check_calls(e, &e->sections[i], marks);
	}
	free(marks);
	return err;
}
