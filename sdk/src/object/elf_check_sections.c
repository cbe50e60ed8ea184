/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The section table: where sections lie, what they are called, what the known ones must be. */
#include "elf_check_parts.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>

/* libbpf makes a map as large as each .bss: the kernel takes no value above INT_MAX. */
#define NOBITS_MAX INT_MAX

/* Sections that libbpf knows by name. `exact` and `terminated` are zero where anything goes. */
static const struct {
	const char *name;
	uint32_t exact;
	bool terminated;
	bool progbits; /* libbpf reads its bytes: they must be there */
	bool code;     /* it may be marked as such */
} known[] = {
	{ .name = "license", .terminated = true, .progbits = true },
	{ .name = "version", .exact = 4, .progbits = true },
	{ .name = ".maps", .progbits = true },
	{ .name = ".BTF", .progbits = true },
	{ .name = ".BTF.ext", .progbits = true },
	{ .name = ".struct_ops", .progbits = true },
	{ .name = ".struct_ops.link", .progbits = true },
	{ .name = ".text", .code = true },
};

#define KNOWN_COUNT (sizeof(known) / sizeof(known[0]))

/* Tables made of records of one size. */
static const struct {
	uint32_t type;
	uint32_t entry;
} tables[] = {
	{ SHT_SYMTAB, sizeof(Elf64_Sym) },
	{ SHT_REL, sizeof(Elf64_Rel) },
	{ SHT_RELA, sizeof(Elf64_Rela) },
};

const struct skep_elf_section *skep_elf_find_section(const struct skep_elf *e, const char *name)
{
	for (uint32_t i = 1; i < e->section_count; i++) {
		if (!strcmp(e->sections[i].name, name))
			return &e->sections[i];
	}
	return NULL;
}

void *skep_elf_copy_section(const struct skep_elf *e, const struct skep_elf_section *section)
{
	uint64_t size = section->header.sh_size;
	void *copy = malloc(size ? size : 1);

	if (copy && size)
		memcpy(copy, e->data + section->header.sh_offset, size);
	return copy;
}

bool skep_elf_holds_code(const struct skep_elf_section *section)
{
	return section->header.sh_type == SHT_PROGBITS && section->header.sh_size &&
	       (section->header.sh_flags & SHF_EXECINSTR);
}

uint32_t skep_elf_section_index(const struct skep_elf *e, const struct skep_elf_section *section)
{
	return (uint32_t)(section - e->sections);
}

static bool has_bytes(const struct skep_elf_section *s)
{
	return s->header.sh_type != SHT_NULL && s->header.sh_type != SHT_NOBITS &&
	       s->header.sh_size;
}

static int read_table(struct skep_elf *e, Elf64_Ehdr *header)
{
	uint64_t bytes;

	memcpy(header, e->data, sizeof(*header));
	if (header->e_version != EV_CURRENT || header->e_ehsize != sizeof(*header))
		return skep_elf_refuse(
			e, "ELF header of version %u with %u bytes, expected %u, %zu",
			header->e_version, header->e_ehsize, EV_CURRENT, sizeof(*header));
	if (header->e_shentsize != sizeof(Elf64_Shdr))
		return skep_elf_refuse(e, "section headers of %u bytes, expected %zu",
				       header->e_shentsize, sizeof(Elf64_Shdr));
	/* From there on section numbers are kept elsewhere, which libbpf does not know. */
	if (header->e_shstrndx == SHN_XINDEX || header->e_shnum >= SHN_LORESERVE)
		return skep_elf_refuse_unsupported(
			e, "it has %u sections or more, libbpf reads fewer", SHN_LORESERVE);
	if (header->e_shnum < 2 || header->e_shstrndx == 0 || header->e_shstrndx >= header->e_shnum)
		return skep_elf_refuse(e, "%u sections with their names in section %u",
				       header->e_shnum, header->e_shstrndx);

	bytes = (uint64_t)header->e_shnum * sizeof(Elf64_Shdr);
	if (header->e_shoff > UINT64_MAX - bytes)
		return skep_elf_refuse(e, "the section table starts at byte %" PRIu64,
				       header->e_shoff);
	if (!skep_elf_within(header->e_shoff, bytes, e->size))
		return skep_elf_refuse_short(e, "the section table", header->e_shoff + bytes);

	e->sections = calloc(header->e_shnum, sizeof(*e->sections));
	if (!e->sections)
		return skep_elf_no_memory(e);
	e->section_count = header->e_shnum;
	for (uint32_t i = 0; i < e->section_count; i++) {
		e->sections[i].name = "";
		memcpy(&e->sections[i].header, e->data + header->e_shoff + i * sizeof(Elf64_Shdr),
		       sizeof(Elf64_Shdr));
	}
	return 0;
}

/* Bytes of the file that something claims. */
struct span {
	uint64_t start;
	uint64_t end;
	const char *name;
};

static int check_place(const struct skep_elf *e, uint32_t i)
{
	const Elf64_Shdr *h = &e->sections[i].header;
	char what[80];

	if (h->sh_type == SHT_NULL)
		return 0;
	if (h->sh_type == SHT_NOBITS) {
		if (h->sh_size > NOBITS_MAX)
			return skep_elf_refuse(e,
					       "section %u asks for %" PRIu64
					       " bytes of memory, at most %d are possible",
					       i, h->sh_size, NOBITS_MAX);
		return 0;
	}
	if (skep_elf_within(h->sh_offset, h->sh_size, e->size))
		return 0;
	if (h->sh_size > UINT64_MAX - h->sh_offset)
		return skep_elf_refuse(e, "section %u starts at byte %" PRIu64 " and has %" PRIu64,
				       i, h->sh_offset, h->sh_size);
	/* Its name is only known when the names themselves are within the file. */
	if (e->sections[i].name[0])
		snprintf(what, sizeof(what), "section %.60s", e->sections[i].name);
	else
		snprintf(what, sizeof(what), "section %u", i);
	return skep_elf_refuse_short(e, what, h->sh_offset + h->sh_size);
}

/* Section names come first, so that all other messages can use them. */
static int read_names(struct skep_elf *e, uint32_t index)
{
	const struct skep_elf_section *table = &e->sections[index];
	const char *names;
	int err = check_place(e, index);

	if (err)
		return err;
	if (table->header.sh_type != SHT_STRTAB || !table->header.sh_size)
		return skep_elf_refuse(
			e, "section %u, which has the section names, is no string table", index);
	names = (const char *)e->data + table->header.sh_offset;
	if (names[table->header.sh_size - 1])
		return skep_elf_refuse(e, "the section names, section %u, do not end with NUL",
				       index);
	for (uint32_t i = 0; i < e->section_count; i++) {
		uint32_t offset = e->sections[i].header.sh_name;

		if (offset >= table->header.sh_size)
			return skep_elf_refuse(e, "the name of section %u is at %u of %" PRIu64, i,
					       offset, table->header.sh_size);
		e->sections[i].name = names + offset;
	}
	return 0;
}

/* Names under which libbpf never looks for programs. */
static bool is_reserved(const char *name)
{
	for (size_t k = 0; k < KNOWN_COUNT; k++) {
		if (!strcmp(name, known[k].name))
			return !known[k].code;
	}
	return !strcmp(name, "maps") || !strncmp(name, ".debug_", 7) || !strncmp(name, ".rel", 4);
}

static int check_attributes(const struct skep_elf *e, const struct skep_elf_section *s)
{
	const Elf64_Shdr *h = &s->header;

	if (h->sh_link >= e->section_count)
		return skep_elf_refuse(e, "section %.64s links to section %u of %u", s->name,
				       h->sh_link, e->section_count);
	if (h->sh_addralign & (h->sh_addralign - 1))
		return skep_elf_refuse(
			e, "section %.64s is aligned to %" PRIu64 ", which is no power of two",
			s->name, h->sh_addralign);
	if ((h->sh_flags & SHF_COMPRESSED) && strncmp(s->name, ".debug", 6) != 0)
		return skep_elf_refuse(e, "section %.64s is compressed", s->name);
	if ((h->sh_flags & SHF_EXECINSTR) && is_reserved(s->name))
		return skep_elf_refuse(e, "section %.64s is marked as code", s->name);
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		if (h->sh_type != tables[i].type)
			continue;
		if (h->sh_entsize != tables[i].entry || h->sh_size % tables[i].entry)
			return skep_elf_refuse(e,
					       "section %.64s has %" PRIu64
					       " bytes in records of %" PRIu64 ", not of %u",
					       s->name, h->sh_size, h->sh_entsize, tables[i].entry);
	}
	if (skep_elf_holds_code(s) && h->sh_size % SKEP_ELF_INSN_SIZE)
		return skep_elf_refuse(e,
				       "section %.64s has %" PRIu64
				       " bytes of code, which is no multiple of %d",
				       s->name, h->sh_size, SKEP_ELF_INSN_SIZE);
	return 0;
}

static int check_known(const struct skep_elf *e)
{
	bool seen[KNOWN_COUNT] = { false };

	for (uint32_t i = 1; i < e->section_count; i++) {
		const struct skep_elf_section *s = &e->sections[i];
		const Elf64_Shdr *h = &s->header;

		for (size_t k = 0; k < KNOWN_COUNT; k++) {
			if (strcmp(s->name, known[k].name))
				continue;
			if (seen[k])
				return skep_elf_refuse(e, "there are two sections %s", s->name);
			seen[k] = true;
			if (known[k].progbits && h->sh_type != SHT_PROGBITS)
				return skep_elf_refuse(e, "section %s is of ELF type %u, not %u",
						       s->name, h->sh_type, SHT_PROGBITS);
			if (known[k].exact && h->sh_size != known[k].exact)
				return skep_elf_refuse(
					e, "section %s has %" PRIu64 " bytes, expected %u", s->name,
					h->sh_size, known[k].exact);
			if (known[k].terminated &&
			    !memchr(e->data + h->sh_offset, '\0', h->sh_size))
				return skep_elf_refuse(e, "section %s has no NUL at its end",
						       s->name);
		}
	}
	return 0;
}

static int by_start(const void *a, const void *b)
{
	const struct span *x = a;
	const struct span *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

/* Sections share no bytes: so what libbpf copies of them is never more than the file. */
static int check_overlap(const struct skep_elf *e, const Elf64_Ehdr *header)
{
	struct span *spans = calloc(e->section_count + 2, sizeof(*spans));
	size_t n = 0;
	int err = 0;

	if (!spans)
		return skep_elf_no_memory(e);
	spans[n++] = (struct span){ 0, sizeof(*header), "the ELF header" };
	spans[n++] = (struct span){ header->e_shoff,
				    header->e_shoff + e->section_count * sizeof(Elf64_Shdr),
				    "the section table" };
	for (uint32_t i = 1; i < e->section_count; i++) {
		const Elf64_Shdr *h = &e->sections[i].header;

		if (has_bytes(&e->sections[i]))
			spans[n++] = (struct span){ h->sh_offset, h->sh_offset + h->sh_size,
						    e->sections[i].name };
	}
	qsort(spans, n, sizeof(*spans), by_start);
	for (size_t i = 1; i < n && !err; i++) {
		if (spans[i].start < spans[i - 1].end)
			err = skep_elf_refuse(
				e, "%.64s ends at byte %" PRIu64 ", but %.64s starts at %" PRIu64,
				spans[i - 1].name, spans[i - 1].end, spans[i].name, spans[i].start);
	}
	free(spans);
	return err;
}

int skep_elf_check_sections(struct skep_elf *e)
{
	Elf64_Ehdr header;
	int err = read_table(e, &header);

	if (!err)
		err = read_names(e, header.e_shstrndx);
	for (uint32_t i = 1; !err && i < e->section_count; i++) {
		err = check_place(e, i);
		if (!err)
			err = check_attributes(e, &e->sections[i]);
	}
	if (!err)
		err = check_known(e);
	return err ? err : check_overlap(e, &header);
}
