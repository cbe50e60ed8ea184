/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Functions: whole instructions within their section, none within another. */
#include "elf_check_parts.h"

#include <inttypes.h>

/* libbpf copies a function once for each of its names, and recurses once for each callee. */
#define ALIASES_MAX   16
#define FUNCTIONS_MAX 16384

#define LD_IMM64  (BPF_LD | BPF_IMM | BPF_DW)
#define CALL_INSN (BPF_JMP | BPF_CALL)

static int by_place(const void *a, const void *b)
{
	const Elf64_Sym *x = *(const Elf64_Sym *const *)a;
	const Elf64_Sym *y = *(const Elf64_Sym *const *)b;

	if (x->st_shndx != y->st_shndx)
		return x->st_shndx < y->st_shndx ? -1 : 1;
	if (x->st_value != y->st_value)
		return x->st_value < y->st_value ? -1 : 1;
	return x->st_size < y->st_size ? -1 : x->st_size > y->st_size;
}

static bool is_function(const struct skep_elf *e, const Elf64_Sym *s)
{
	return ELF64_ST_TYPE(s->st_info) == STT_FUNC && s->st_shndx != SHN_UNDEF &&
	       s->st_shndx < e->section_count && skep_elf_holds_code(&e->sections[s->st_shndx]);
}

/*
 * libbpf patches both halves of a 16-byte instruction when it sees the first: the second must be
 * there, and must not look like a first one. A function alone in .text is its own subprogram to
 * libbpf 1.1, which overruns its copy when that function calls itself.
 */
static int check_code(const struct skep_elf *e, const Elf64_Sym *s)
{
	const struct skep_elf_section *home = &e->sections[s->st_shndx];
	const unsigned char *code = e->data + home->header.sh_offset + s->st_value;
	uint64_t count = s->st_size / SKEP_ELF_INSN_SIZE;
	bool alone = e->function_count == 1 && !strcmp(home->name, ".text");

	for (uint64_t i = 0; i < count; i++) {
		struct bpf_insn insn;

		memcpy(&insn, code + i * SKEP_ELF_INSN_SIZE, sizeof(insn));
		if (alone && insn.code == CALL_INSN && insn.src_reg == BPF_PSEUDO_CALL)
			return skep_elf_refuse(e, "%.64s is the only function, and calls another",
					       skep_elf_symbol_name(e, s));
		if (insn.code != LD_IMM64)
			continue;
		if (i + 1 == count)
			return skep_elf_refuse(e, "%.64s ends in the middle of an instruction",
					       skep_elf_symbol_name(e, s));
		memcpy(&insn, code + ++i * SKEP_ELF_INSN_SIZE, sizeof(insn));
		if (insn.code)
			return skep_elf_refuse(e,
					       "instruction %" PRIu64 " of %.64s has the second "
					       "half of a 16-byte load at 0x%02x, not at 0",
					       i, skep_elf_symbol_name(e, s), insn.code);
	}
	return 0;
}

static int check_function(const struct skep_elf *e, const Elf64_Sym *s)
{
	if (!s->st_size || s->st_size % SKEP_ELF_INSN_SIZE || s->st_value % SKEP_ELF_INSN_SIZE)
		return skep_elf_refuse(e,
				       "function %.64s has %" PRIu64 " bytes at %" PRIu64
				       " of section %.64s, which are not whole instructions",
				       skep_elf_symbol_name(e, s), s->st_size, s->st_value,
				       e->sections[s->st_shndx].name);
	return check_code(e, s);
}

/* Two names of one function are fine; two functions that share some bytes are not. */
static int check_apart(const struct skep_elf *e, const Elf64_Sym **functions)
{
	uint32_t names = 1;

	for (uint32_t i = 1; i < e->function_count; i++) {
		const Elf64_Sym *a = functions[i - 1];
		const Elf64_Sym *b = functions[i];

		if (!by_place(&a, &b)) {
			if (++names > ALIASES_MAX)
				return skep_elf_refuse(e, "function %.64s has more than %d names",
						       skep_elf_symbol_name(e, b), ALIASES_MAX);
			continue;
		}
		names = 1;
		if (a->st_shndx == b->st_shndx && b->st_value < a->st_value + a->st_size)
			return skep_elf_refuse(
				e, "functions %.64s and %.64s of section %.64s overlap",
				skep_elf_symbol_name(e, a), skep_elf_symbol_name(e, b),
				e->sections[b->st_shndx].name);
	}
	return 0;
}

int skep_elf_check_functions(struct skep_elf *e)
{
	const Elf64_Sym **functions =
		calloc(e->symbol_count ? e->symbol_count : 1, sizeof(Elf64_Sym *));
	int err = 0;

	if (!functions)
		return skep_elf_no_memory(e);
	for (uint32_t i = 0; i < e->symbol_count; i++) {
		if (is_function(e, &e->symbols[i]))
			functions[e->function_count++] = &e->symbols[i];
	}
	if (e->function_count > FUNCTIONS_MAX)
		err = skep_elf_refuse(e, "there are %u functions, at most %d are possible",
				      e->function_count, FUNCTIONS_MAX);
	for (uint32_t i = 0; !err && i < e->function_count; i++)
		err = check_function(e, functions[i]);
	if (!err) {
		qsort(functions, e->function_count, sizeof(Elf64_Sym *), by_place);
		err = check_apart(e, functions);
	}
	free(functions);
	return err;
}
