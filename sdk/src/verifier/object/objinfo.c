/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The tables of an ELF file. Every read is checked against the file's end. */
#include "objinfo.h"

#include <elf.h>
#include <stdlib.h>

#define MOST_FUNCTIONS 65536

static const unsigned char *at_bytes(const struct skep_objinfo *o, uint64_t at, size_t bytes)
{
	return at <= o->bytes && bytes <= o->bytes - at ? o->data + at : NULL;
}

uint16_t skep_objinfo_u16(const struct skep_objinfo *o, uint64_t at)
{
	const unsigned char *p = at_bytes(o, at, sizeof(uint16_t));
	uint16_t value = 0;

	if (p)
		memcpy(&value, p, sizeof(value));
	return o->swapped ? __builtin_bswap16(value) : value;
}

uint32_t skep_objinfo_u32(const struct skep_objinfo *o, uint64_t at)
{
	const unsigned char *p = at_bytes(o, at, sizeof(uint32_t));
	uint32_t value = 0;

	if (p)
		memcpy(&value, p, sizeof(value));
	return o->swapped ? __builtin_bswap32(value) : value;
}

uint64_t skep_objinfo_u64(const struct skep_objinfo *o, uint64_t at)
{
	const unsigned char *p = at_bytes(o, at, sizeof(uint64_t));
	uint64_t value = 0;

	if (p)
		memcpy(&value, p, sizeof(value));
	return o->swapped ? __builtin_bswap64(value) : value;
}

const char *skep_objinfo_text(const struct skep_objinfo *o, struct skep_extent texts,
			      uint64_t offset)
{
	if (offset >= texts.bytes ||
	    !memchr(o->data + texts.at + offset, '\0', texts.bytes - offset))
		return "";
	return (const char *)o->data + texts.at + offset;
}

const struct skep_objinfo_section *skep_objinfo_section(const struct skep_objinfo *o,
							const char *name)
{
	for (size_t i = 0; i < o->section_count; i++)
		if (!strcmp(o->sections[i].name, name))
			return &o->sections[i];
	return NULL;
}

int skep_code_compare(struct skep_code a, struct skep_code b)
{
	if (a.section != b.section)
		return a.section < b.section ? -1 : 1;
	return a.insn < b.insn ? -1 : a.insn > b.insn;
}

bool skep_objinfo_insn(const struct skep_objinfo *o, struct skep_code at,
		       struct skep_bpf_insn *insn)
{
	bool big = (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__) != o->swapped;
	const struct skep_objinfo_section *section;
	uint64_t offset;
	uint8_t regs;

	if (at.section >= o->section_count)
		return false;
	section = &o->sections[at.section];
	if (at.insn >= section->body.bytes / SKEP_INSN_BYTES)
		return false;
	offset = section->body.at + (uint64_t)at.insn * SKEP_INSN_BYTES;
	regs = o->data[offset + 1];
	*insn = (struct skep_bpf_insn){
		.code = o->data[offset],
		.dst = big ? regs >> 4 : regs & 15,
		.src = big ? regs & 15 : regs >> 4,
		.off = (int16_t)skep_objinfo_u16(o, offset + 2),
		.imm = (int32_t)skep_objinfo_u32(o, offset + 4),
	};
	return true;
}

const struct skep_objinfo_function *skep_objinfo_function_at(const struct skep_objinfo *o,
							     struct skep_code at)
{
	size_t low = 0, high = o->function_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (skep_code_compare(o->functions[middle].at, at) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low || o->functions[low - 1].at.section != at.section ||
	    at.insn - o->functions[low - 1].at.insn >= o->functions[low - 1].count)
		return NULL;
	return &o->functions[low - 1];
}

const struct skep_objinfo_symbol *skep_objinfo_symbol_at(const struct skep_objinfo *o,
							 struct skep_code at)
{
	size_t low = 0, high = o->reloc_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (skep_code_compare(o->relocs[middle].at, at) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == o->reloc_count || skep_code_compare(o->relocs[low].at, at))
		return NULL;
	return &o->symbols[o->relocs[low].symbol];
}

/* What lies beyond the file's end is not there. */
static struct skep_extent clip(const struct skep_objinfo *o, uint64_t at, uint64_t bytes)
{
	if (at > o->bytes || bytes > o->bytes - at)
		return (struct skep_extent){ 0 };
	return (struct skep_extent){ at, bytes };
}

static void read_sections(struct skep_objinfo *o)
{
	uint64_t table = skep_objinfo_u64(o, offsetof(Elf64_Ehdr, e_shoff));
	uint16_t count = skep_objinfo_u16(o, offsetof(Elf64_Ehdr, e_shnum));
	uint16_t names = skep_objinfo_u16(o, offsetof(Elf64_Ehdr, e_shstrndx));

	if (skep_objinfo_u16(o, offsetof(Elf64_Ehdr, e_shentsize)) != sizeof(Elf64_Shdr) ||
	    !clip(o, table, (uint64_t)count * sizeof(Elf64_Shdr)).bytes)
		return;
	o->sections = skep_arena_alloc(&o->arena, count * sizeof(*o->sections));
	if (!o->sections)
		return;
	o->section_count = count;
	for (size_t i = 0; i < count; i++) {
		struct skep_objinfo_section *s = &o->sections[i];
		uint64_t at = table + i * sizeof(Elf64_Shdr);

		s->type = skep_objinfo_u32(o, at + offsetof(Elf64_Shdr, sh_type));
		s->link = skep_objinfo_u32(o, at + offsetof(Elf64_Shdr, sh_link));
		s->info = skep_objinfo_u32(o, at + offsetof(Elf64_Shdr, sh_info));
		s->code = s->type == SHT_PROGBITS &&
			  skep_objinfo_u64(o, at + offsetof(Elf64_Shdr, sh_flags)) & SHF_EXECINSTR;
		if (s->type != SHT_NOBITS)
			s->body = clip(o, skep_objinfo_u64(o, at + offsetof(Elf64_Shdr, sh_offset)),
				       skep_objinfo_u64(o, at + offsetof(Elf64_Shdr, sh_size)));
	}
	for (size_t i = 0; i < count; i++)
		o->sections[i].name =
			names < count ? skep_objinfo_text(
						o, o->sections[names].body,
						skep_objinfo_u32(o, table + i * sizeof(Elf64_Shdr)))
				      : "";
}

static void read_symbols(struct skep_objinfo *o)
{
	const struct skep_objinfo_section *table = NULL;
	struct skep_extent names = { 0 };

	for (size_t i = 0; i < o->section_count && !table; i++)
		if (o->sections[i].type == SHT_SYMTAB)
			table = &o->sections[i];
	if (!table)
		return;
	if (table->link < o->section_count)
		names = o->sections[table->link].body;
	o->symbol_count = table->body.bytes / sizeof(Elf64_Sym);
	o->symbols = skep_arena_alloc(&o->arena, (o->symbol_count + 1) * sizeof(*o->symbols));
	if (!o->symbols)
		o->symbol_count = 0;
	for (size_t i = 0; i < o->symbol_count; i++) {
		uint64_t at = table->body.at + i * sizeof(Elf64_Sym);
		uint16_t section = skep_objinfo_u16(o, at + offsetof(Elf64_Sym, st_shndx));

		o->symbols[i] = (struct skep_objinfo_symbol){
			.name = skep_objinfo_text(o, names, skep_objinfo_u32(o, at)),
			.section = section < o->section_count ? section : 0,
			.type = ELF64_ST_TYPE(o->data[at + offsetof(Elf64_Sym, st_info)]),
			.value = skep_objinfo_u64(o, at + offsetof(Elf64_Sym, st_value)),
			.bytes = skep_objinfo_u64(o, at + offsetof(Elf64_Sym, st_size)),
		};
		/* The symbol of a section has no name of its own. */
		if (o->symbols[i].type == STT_SECTION && o->symbols[i].section)
			o->symbols[i].name = o->sections[o->symbols[i].section].name;
	}
}

static int by_function(const void *a, const void *b)
{
	const struct skep_objinfo_function *x = a, *y = b;
	int order = skep_code_compare(x->at, y->at);

	return order ? order : strcmp(x->name, y->name);
}

static void read_functions(struct skep_objinfo *o)
{
	o->functions = skep_arena_alloc(&o->arena, (o->symbol_count + 1) * sizeof(*o->functions));
	for (size_t i = 0; o->functions && i < o->symbol_count; i++) {
		const struct skep_objinfo_symbol *s = &o->symbols[i];

		if (s->type != STT_FUNC || !o->sections[s->section].code || !s->bytes ||
		    s->value % SKEP_INSN_BYTES || s->bytes % SKEP_INSN_BYTES ||
		    s->value > o->sections[s->section].body.bytes ||
		    s->bytes > o->sections[s->section].body.bytes - s->value ||
		    o->function_count == MOST_FUNCTIONS)
			continue;
		o->functions[o->function_count++] = (struct skep_objinfo_function){
			.at = { s->section, (uint32_t)(s->value / SKEP_INSN_BYTES) },
			.count = (uint32_t)(s->bytes / SKEP_INSN_BYTES),
			.name = s->name,
		};
	}
	if (o->function_count)
		qsort(o->functions, o->function_count, sizeof(*o->functions), by_function);
}

static int by_reloc(const void *a, const void *b)
{
	const struct skep_objinfo_reloc *x = a, *y = b;

	return skep_code_compare(x->at, y->at);
}

static bool is_of_code(const struct skep_objinfo *o, const struct skep_objinfo_section *s)
{
	return s->type == SHT_REL && s->info < o->section_count && o->sections[s->info].code;
}

static void read_relocs(struct skep_objinfo *o)
{
	size_t room = 0;

	for (size_t i = 0; i < o->section_count; i++)
		if (is_of_code(o, &o->sections[i]))
			room += o->sections[i].body.bytes / sizeof(Elf64_Rel);
	/* Sections may claim the same bytes: no more than the file has room for. */
	if (room > o->bytes / sizeof(Elf64_Rel))
		return;
	o->relocs = skep_arena_alloc(&o->arena, (room + 1) * sizeof(*o->relocs));
	for (size_t i = 0; o->relocs && i < o->section_count; i++) {
		const struct skep_objinfo_section *s = &o->sections[i];

		for (uint64_t n = 0; is_of_code(o, s) && n < s->body.bytes / sizeof(Elf64_Rel);
		     n++) {
			uint64_t at = s->body.at + n * sizeof(Elf64_Rel);
			uint64_t offset = skep_objinfo_u64(o, at);
			uint64_t symbol = ELF64_R_SYM(skep_objinfo_u64(o, at + 8));

			if (symbol < o->symbol_count && offset / SKEP_INSN_BYTES < UINT32_MAX)
				o->relocs[o->reloc_count++] = (struct skep_objinfo_reloc){
					.at = { s->info, (uint32_t)(offset / SKEP_INSN_BYTES) },
					.symbol = (uint32_t)symbol,
				};
		}
	}
	if (o->reloc_count)
		qsort(o->relocs, o->reloc_count, sizeof(*o->relocs), by_reloc);
}

void skep_objinfo_read_elf(struct skep_objinfo *o)
{
	read_sections(o);
	read_symbols(o);
	read_functions(o);
	read_relocs(o);
}
