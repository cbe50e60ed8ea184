/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What the parts of elf_check share: the tables read so far, and how to refuse. */
#ifndef SKEP_OBJECT_ELF_CHECK_PARTS_H
#define SKEP_OBJECT_ELF_CHECK_PARTS_H

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include <linux/bpf.h>
#include <linux/btf.h>

#include "base/fail.h"

#define SKEP_ELF_INSN_SIZE 8

/* One section. `name` is NUL-terminated; the bytes lie within the file unless SHT_NOBITS. */
struct skep_elf_section {
	const char *name;
	Elf64_Shdr header;
};

/* BTF, once its header and its types have been walked. Type 0 is void. */
struct skep_elf_btf {
	unsigned char *copy;           /* of the section: aligned */
	const struct btf_type **types; /* by type id */
	uint64_t *sizes;               /* bytes each type takes, UINT64_MAX: too many */
	uint32_t count;                /* of types, void included; 0: the object has no BTF */
	const char *strings;
	uint32_t strings_size;
};

/* A reader of untrusted bytes. Each part relies on what the parts before it have checked. */
struct skep_elf {
	const unsigned char *data;
	size_t size;
	const char *file;

	struct skep_elf_section *sections;
	uint32_t section_count;

	uint32_t symbols_section;
	Elf64_Sym *symbols; /* a copy: aligned */
	uint32_t symbol_count;
	const char *names; /* of symbols */
	uint64_t names_size;
	const Elf64_Sym **globals; /* global and weak data, by name, then by index */
	uint32_t global_count;
	uint32_t function_count; /* what libbpf will make programs of */

	struct skep_elf_btf btf;
};

/* The parts, in the order of the check. Each returns 0 or a negative errno, with words. */
int skep_elf_check_header(struct skep_elf *e);
int skep_elf_check_sections(struct skep_elf *e);
int skep_elf_check_symbols(struct skep_elf *e);
int skep_elf_check_functions(struct skep_elf *e);
int skep_elf_check_relocs(struct skep_elf *e);
int skep_elf_check_btf(struct skep_elf *e);
int skep_elf_check_btf_graph(struct skep_elf *e);
int skep_elf_check_btf_data(struct skep_elf *e);
int skep_elf_check_btf_ext(struct skep_elf *e);

/* "x.o is malformed: ...": what was expected and what was found; returns -EINVAL. */
int skep_elf_refuse(const struct skep_elf *e, const char *format, ...) SKEP_PRINTF(2, 3);
/* "x.o is truncated: WHAT ends at byte N, the file has M"; returns -EINVAL. */
int skep_elf_refuse_short(const struct skep_elf *e, const char *what, uint64_t end);
/* "x.o cannot be read: ..."; returns -EOPNOTSUPP. */
int skep_elf_refuse_unsupported(const struct skep_elf *e, const char *format, ...)
	SKEP_PRINTF(2, 3);
int skep_elf_no_memory(const struct skep_elf *e);

/* Whether `size` bytes at `offset` lie within `whole` bytes. Cannot overflow. */
static inline bool skep_elf_within(uint64_t offset, uint64_t size, uint64_t whole)
{
	return size <= whole && offset <= whole - size;
}

/* The first section of that name, or NULL. */
const struct skep_elf_section *skep_elf_find_section(const struct skep_elf *e, const char *name);
/* An aligned copy of a section's bytes, or NULL: no memory. Freed by the caller. */
void *skep_elf_copy_section(const struct skep_elf *e, const struct skep_elf_section *section);
/* Whether libbpf will look for programs in it. */
bool skep_elf_holds_code(const struct skep_elf_section *section);
uint32_t skep_elf_section_index(const struct skep_elf *e, const struct skep_elf_section *section);

/* A symbol's name for messages and comparisons: always NUL-terminated. */
const char *skep_elf_symbol_name(const struct skep_elf *e, const Elf64_Sym *symbol);
/* The symbol libbpf will take for a global variable, or NULL. */
const Elf64_Sym *skep_elf_find_global(const struct skep_elf *e, const char *name);

/* BTF. Only for ids and offsets that skep_elf_check_btf() has let through. */
const char *skep_elf_btf_name(const struct skep_elf *e, uint32_t offset);
const char *skep_elf_btf_kind_name(uint32_t kind);
/* The type under modifiers and typedefs; only after the graph has been found acyclic. */
uint32_t skep_elf_btf_strip(const struct skep_elf *e, uint32_t id);

static inline uint32_t skep_elf_btf_kind(const struct skep_elf *e, uint32_t id)
{
	return BTF_INFO_KIND(e->btf.types[id]->info);
}

/* What follows a type: its members, parameters, values or variables. */
static inline const void *skep_elf_btf_tail(const struct btf_type *type)
{
	return type + 1;
}

/* One variable of .maps: a definition as libbpf reads it. */
int skep_elf_check_map(const struct skep_elf *e, const struct btf_type *variable, uint32_t bytes);
/* One variable of .struct_ops. */
int skep_elf_check_struct_ops(const struct skep_elf *e, const struct skep_elf_section *home,
			      const struct btf_type *variable, uint32_t bytes);

#endif
