/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The symbol table: names, and the places they stand for. */
#include "elf_check_parts.h"

#include <errno.h>
#include <inttypes.h>

const char *skep_elf_symbol_name(const struct skep_elf *e, const Elf64_Sym *symbol)
{
	return e->names + symbol->st_name;
}

static int find_table(struct skep_elf *e)
{
	for (uint32_t i = 1; i < e->section_count; i++) {
		if (e->sections[i].header.sh_type != SHT_SYMTAB)
			continue;
		if (e->symbols_section)
			return skep_elf_refuse(e, "sections %u and %u are both symbol tables",
					       e->symbols_section, i);
		e->symbols_section = i;
	}
	if (e->symbols_section)
		return 0;
	return skep_fail_hint(skep_fail(EINVAL, "%s has no symbol table", e->file),
			      "it was stripped too far: llvm-strip -g keeps what libbpf needs");
}

static int read_table(struct skep_elf *e)
{
	const struct skep_elf_section *table = &e->sections[e->symbols_section];
	const struct skep_elf_section *names = &e->sections[table->header.sh_link];

	if (names->header.sh_type != SHT_STRTAB || !names->header.sh_size ||
	    e->data[names->header.sh_offset + names->header.sh_size - 1])
		return skep_elf_refuse(e,
				       "the symbols' names, section %u, are not a "
				       "NUL-terminated string table",
				       table->header.sh_link);
	e->names = (const char *)e->data + names->header.sh_offset;
	e->names_size = names->header.sh_size;

	/* libbpf keeps symbol numbers in an int. */
	if (table->header.sh_size / sizeof(Elf64_Sym) > INT32_MAX)
		return skep_elf_refuse(e, "there are %" PRIu64 " bytes of symbols",
				       table->header.sh_size);
	e->symbol_count = (uint32_t)(table->header.sh_size / sizeof(Elf64_Sym));
	if (table->header.sh_info > e->symbol_count)
		return skep_elf_refuse(e, "symbol %u is said to be the first global one of %u",
				       table->header.sh_info, e->symbol_count);
	e->symbols = skep_elf_copy_section(e, table);
	return e->symbols ? 0 : skep_elf_no_memory(e);
}

/* Numbers above the last section stand for "absolute" and "common", and for nothing else. */
static bool is_special(uint16_t section)
{
	return section == SHN_UNDEF || section == SHN_ABS || section == SHN_COMMON;
}

static int check_symbol(const struct skep_elf *e, uint32_t i)
{
	const Elf64_Sym *s = &e->symbols[i];
	const struct skep_elf_section *home;

	if (s->st_name >= e->names_size)
		return skep_elf_refuse(e, "the name of symbol %u is at %u of %" PRIu64, i,
				       s->st_name, e->names_size);
	if (is_special(s->st_shndx))
		return 0;
	if (s->st_shndx >= e->section_count)
		return skep_elf_refuse(e, "symbol %.64s is in section %u, the file has %u",
				       skep_elf_symbol_name(e, s), s->st_shndx, e->section_count);
	home = &e->sections[s->st_shndx];
	if (!skep_elf_within(s->st_value, s->st_size, home->header.sh_size))
		return skep_elf_refuse(e,
				       "symbol %.64s has %" PRIu64 " bytes at %" PRIu64
				       " of section %.64s, which has %" PRIu64,
				       skep_elf_symbol_name(e, s), s->st_size, s->st_value,
				       home->name, home->header.sh_size);
	return 0;
}

static bool is_global_data(const Elf64_Sym *s)
{
	unsigned int bind = ELF64_ST_BIND(s->st_info);

	return ELF64_ST_TYPE(s->st_info) == STT_OBJECT && (bind == STB_GLOBAL || bind == STB_WEAK);
}

/* qsort() takes no context, but symbols of one table lie in one array: the order is theirs. */
static _Thread_local const char *sort_names;

static int by_name(const void *a, const void *b)
{
	const Elf64_Sym *x = *(const Elf64_Sym *const *)a;
	const Elf64_Sym *y = *(const Elf64_Sym *const *)b;
	int order = strcmp(sort_names + x->st_name, sort_names + y->st_name);

	return order ? order : (x < y ? -1 : x > y);
}

static int sort_globals(struct skep_elf *e)
{
	e->globals = calloc(e->symbol_count ? e->symbol_count : 1, sizeof(Elf64_Sym *));
	if (!e->globals)
		return skep_elf_no_memory(e);
	for (uint32_t i = 0; i < e->symbol_count; i++) {
		if (is_global_data(&e->symbols[i]))
			e->globals[e->global_count++] = &e->symbols[i];
	}
	sort_names = e->names;
	qsort(e->globals, e->global_count, sizeof(Elf64_Sym *), by_name);
	return 0;
}

/* libbpf takes the first of that name, in whatever section: so the lowest of equals. */
const Elf64_Sym *skep_elf_find_global(const struct skep_elf *e, const char *name)
{
	uint32_t low = 0;
	uint32_t high = e->global_count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (strcmp(skep_elf_symbol_name(e, e->globals[middle]), name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == e->global_count || strcmp(skep_elf_symbol_name(e, e->globals[low]), name))
		return NULL;
	return e->globals[low];
}

int skep_elf_check_symbols(struct skep_elf *e)
{
	int err = find_table(e);

	if (!err)
		err = read_table(e);
	for (uint32_t i = 0; !err && i < e->symbol_count; i++)
		err = check_symbol(e, i);
	return err ? err : sort_globals(e);
}
