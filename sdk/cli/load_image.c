/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * What the programs of an object need of the kernel, each by itself. libbpf looks for all that an
 * object declares `extern` (kfuncs, variables, configuration), also where only programs use it
 * that are not to be loaded. So it gets a copy in which what the others need is weak: that may be
 * missing.
 *
 * The library has checked the bytes when it opened the object; nothing is read beyond them all the
 * same.
 */
#include <elf.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "load.h"

struct reloc {
	uint32_t section, symbol;
	uint64_t offset;
};

struct elf {
	unsigned char *data;
	size_t bytes;
	Elf64_Shdr *sections;
	size_t section_count;
	Elf64_Sym *symbols; /* where the image has them */
	size_t symbol_count;
	struct reloc *relocs; /* of code, by place */
	size_t reloc_count;
	bool *seen;   /* by symbol: functions, and what is extern */
	size_t looks; /* that may still be made: files may be made to need very many */
};

#define LOOKS_MOST ((size_t)200 << 20)

int load_image_read(struct load_image *image, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), failed = -1;
	struct stat st;

	*image = (struct load_image){ 0 };
	if (fd >= 0 && !fstat(fd, &st) && S_ISREG(st.st_mode) && st.st_size > 0) {
		size_t bytes = (size_t)st.st_size;
		ssize_t n;

		image->data = malloc(bytes);
		while (image->data && image->bytes < bytes &&
		       (n = read(fd, image->data + image->bytes, bytes - image->bytes)) > 0)
			image->bytes += (size_t)n;
		failed = image->bytes == bytes ? 0 : -1;
	}
	if (fd >= 0)
		close(fd);
	if (failed)
		load_image_free(image);
	return failed;
}

void load_image_free(struct load_image *image)
{
	free(image->data);
	*image = (struct load_image){ 0 };
}

/* `count` things of `each` bytes at an offset; NULL where the image does not have all of them. */
static void *part(const struct elf *elf, uint64_t at, uint64_t count, size_t each)
{
	if (at > elf->bytes || count > (elf->bytes - at) / each || at % _Alignof(uint64_t))
		return NULL;
	return elf->data + at;
}

static bool find_tables(struct elf *elf)
{
	const Elf64_Ehdr *header = part(elf, 0, 1, sizeof(*header));

	if (!header || memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 ||
	    header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_shentsize != sizeof(Elf64_Shdr))
		return false;
	elf->section_count = header->e_shnum;
	elf->sections = part(elf, header->e_shoff, header->e_shnum, sizeof(Elf64_Shdr));
	for (size_t i = 0; elf->sections && i < elf->section_count; i++) {
		const Elf64_Shdr *section = &elf->sections[i];

		if (section->sh_type != SHT_SYMTAB)
			continue;
		elf->symbol_count = section->sh_size / sizeof(Elf64_Sym);
		elf->symbols = part(elf, section->sh_offset, elf->symbol_count, sizeof(Elf64_Sym));
		return elf->symbols && section->sh_link < elf->section_count;
	}
	return false;
}

static bool is_code(const struct elf *elf, uint32_t section)
{
	return section < elf->section_count && (elf->sections[section].sh_flags & SHF_EXECINSTR);
}

static int by_place(const void *a, const void *b)
{
	const struct reloc *x = a, *y = b;

	if (x->section != y->section)
		return x->section < y->section ? -1 : 1;
	return x->offset < y->offset ? -1 : x->offset > y->offset;
}

static bool read_relocs(struct elf *elf)
{
	size_t room = 0;

	for (size_t i = 0; i < elf->section_count; i++)
		if (elf->sections[i].sh_type == SHT_REL && is_code(elf, elf->sections[i].sh_info))
			room += elf->sections[i].sh_size / sizeof(Elf64_Rel);
	if (room > elf->bytes)
		return false; /* sections that lie on each other */
	elf->relocs = calloc(room + 1, sizeof(*elf->relocs));
	for (size_t i = 0; elf->relocs && i < elf->section_count; i++) {
		const Elf64_Shdr *section = &elf->sections[i];
		size_t count = section->sh_size / sizeof(Elf64_Rel);
		const Elf64_Rel *rel;

		if (section->sh_type != SHT_REL || !is_code(elf, section->sh_info))
			continue;
		rel = part(elf, section->sh_offset, count, sizeof(*rel));
		for (size_t n = 0; rel && n < count; n++)
			elf->relocs[elf->reloc_count++] =
				(struct reloc){ section->sh_info,
						(uint32_t)ELF64_R_SYM(rel[n].r_info),
						rel[n].r_offset };
	}
	if (elf->relocs)
		qsort(elf->relocs, elf->reloc_count, sizeof(*elf->relocs), by_place);
	return elf->relocs;
}

static void close_elf(struct elf *elf)
{
	free(elf->relocs);
	free(elf->seen);
}

static bool open_elf(struct elf *elf, const struct load_image *image)
{
	*elf = (struct elf){ .data = image->data, .bytes = image->bytes, .looks = LOOKS_MOST };
	if (!image->data || !find_tables(elf) || !read_relocs(elf))
		return false;
	elf->seen = calloc(elf->symbol_count + 1, sizeof(*elf->seen));
	return elf->seen;
}

static bool is_function(const struct elf *elf, size_t symbol)
{
	return ELF64_ST_TYPE(elf->symbols[symbol].st_info) == STT_FUNC &&
	       is_code(elf, elf->symbols[symbol].st_shndx);
}

/* Code written by hand may not tell how long it is: to the end, then. */
static uint64_t end_of(const struct elf *elf, const Elf64_Sym *function)
{
	uint64_t whole = elf->sections[function->st_shndx].sh_size;

	if (!function->st_size || function->st_size > whole ||
	    function->st_value > whole - function->st_size)
		return whole;
	return function->st_value + function->st_size;
}

/* The functions at a place come next. */
static void see_code(struct elf *elf, uint32_t section, uint64_t at, size_t *todo, size_t *count)
{
	if (elf->looks < elf->symbol_count) {
		elf->looks = 0;
		return;
	}
	elf->looks -= elf->symbol_count;
	for (size_t i = 0; i < elf->symbol_count; i++) {
		const Elf64_Sym *symbol = &elf->symbols[i];

		if (elf->seen[i] || !is_function(elf, i) || symbol->st_shndx != section ||
		    at < symbol->st_value || at >= end_of(elf, symbol))
			continue;
		elf->seen[i] = true;
		todo[(*count)++] = i;
	}
}

/* Where an instruction leads that names code, or something extern. */
static void see_insn(struct elf *elf, uint32_t section, uint64_t at, const struct bpf_insn *insn,
		     size_t *todo, size_t *count)
{
	const struct reloc here = { section, 0, at };
	const struct reloc *reloc =
		bsearch(&here, elf->relocs, elf->reloc_count, sizeof(*elf->relocs), by_place);
	bool call = insn->code == (BPF_JMP | BPF_CALL);
	int64_t target = call ? ((int64_t)insn->imm + 1) * 8 : insn->imm;
	const Elf64_Sym *symbol;

	if (!reloc) {
		if (call && insn->src_reg == BPF_PSEUDO_CALL)
			see_code(elf, section, at + (uint64_t)target, todo, count);
		return;
	}
	if (reloc->symbol >= elf->symbol_count)
		return;
	symbol = &elf->symbols[reloc->symbol];
	if (symbol->st_shndx == SHN_UNDEF)
		elf->seen[reloc->symbol] = true;
	else if (is_code(elf, symbol->st_shndx))
		see_code(elf, symbol->st_shndx, symbol->st_value + (uint64_t)target, todo, count);
}

static const char *name_of(const struct elf *elf, const Elf64_Sym *symbol)
{
	const Elf64_Shdr *table = elf->sections;

	for (size_t i = 0; i < elf->section_count; i++)
		if (elf->sections[i].sh_type == SHT_SYMTAB)
			table = &elf->sections[elf->sections[i].sh_link];
	if (table->sh_offset > elf->bytes || table->sh_size > elf->bytes - table->sh_offset ||
	    symbol->st_name >= table->sh_size ||
	    !memchr(elf->data + table->sh_offset + symbol->st_name, 0,
		    table->sh_size - symbol->st_name))
		return "";
	return (const char *)elf->data + table->sh_offset + symbol->st_name;
}

/* Marks all that a program calls and uses. */
static void see_program(struct elf *elf, const char *program)
{
	size_t *todo = calloc(elf->symbol_count + 1, sizeof(*todo)), count = 0;

	for (size_t i = 0; todo && i < elf->symbol_count; i++) {
		if (elf->seen[i] || !is_function(elf, i) ||
		    strcmp(name_of(elf, &elf->symbols[i]), program) != 0)
			continue;
		elf->seen[i] = true;
		todo[count++] = i;
	}
	while (todo && count) {
		const Elf64_Sym *function = &elf->symbols[todo[--count]];
		const Elf64_Shdr *section = &elf->sections[function->st_shndx];
		const struct bpf_insn *insns =
			part(elf, section->sh_offset, section->sh_size / 8, sizeof(*insns));

		for (uint64_t at = function->st_value, end = end_of(elf, function);
		     insns && elf->looks && at + 8 <= end; at += 8, elf->looks--)
			if (insns[at / 8].code == (BPF_JMP | BPF_CALL) ||
			    insns[at / 8].code == (BPF_LD | BPF_IMM | BPF_DW))
				see_insn(elf, function->st_shndx, at, &insns[at / 8], todo, &count);
	}
	free(todo);
}

static bool is_extern(const struct elf *elf, size_t symbol)
{
	return symbol && elf->symbols[symbol].st_shndx == SHN_UNDEF && elf->symbols[symbol].st_name;
}

bool load_image_uses(const struct load_image *image, const char *program, const char *name)
{
	struct elf elf;
	bool uses = false;

	if (open_elf(&elf, image)) {
		see_program(&elf, program);
		uses = !elf.looks;
		for (size_t i = 0; i < elf.symbol_count; i++)
			uses |= is_extern(&elf, i) && elf.seen[i] &&
				!strcmp(name_of(&elf, &elf.symbols[i]), name);
	}
	close_elf(&elf);
	return uses;
}

static bool holds(const struct elf *elf, const Elf64_Shdr *section)
{
	return section->sh_type != SHT_NOBITS && section->sh_offset <= elf->bytes &&
	       section->sh_size <= elf->bytes - section->sh_offset;
}

static struct load_image btf_of(const struct elf *elf)
{
	const Elf64_Ehdr *header = (const void *)elf->data;
	const Elf64_Shdr *names;

	if (header->e_shstrndx >= elf->section_count)
		return (struct load_image){ 0 };
	names = &elf->sections[header->e_shstrndx];
	for (size_t i = 0; i < elf->section_count; i++) {
		const Elf64_Shdr *section = &elf->sections[i];

		if (holds(elf, section) && holds(elf, names) && !(section->sh_offset % 4) &&
		    section->sh_name < names->sh_size && names->sh_size - section->sh_name >= 5 &&
		    !memcmp(elf->data + names->sh_offset + section->sh_name, ".BTF", 5))
			return (struct load_image){ elf->data + section->sh_offset,
						    section->sh_size };
	}
	return (struct load_image){ 0 };
}

static bool is_taken(const struct elf *elf, const char *name)
{
	for (size_t i = 0; i < elf->symbol_count; i++)
		if (is_extern(elf, i) && !strcmp(name_of(elf, &elf->symbols[i]), name))
			return true;
	return false;
}

/* The kernel may have it, and of another type: that is refused of weak ones too. */
static void hide(const struct elf *elf, Elf64_Sym *symbol)
{
	const char *name = name_of(elf, symbol);
	struct load_image btf = btf_of(elf);

	if (!strncmp(name, "CONFIG_", 7) || !strncmp(name, "LINUX_", 6) || !name[0] || !name[1] ||
	    (name[1] >= '0' && name[1] <= '9') || is_taken(elf, name + 1))
		return;
	if (btf.data && load_rename_extern(btf.data, btf.bytes, name))
		symbol->st_name++;
}

/* What nobody of the chosen ones uses may be missing. Whether there is any such thing. */
static bool weaken(struct elf *elf, const struct load_object *object,
		   const struct load_choice *choice)
{
	bool changed = false;

	for (size_t i = 0; i < object->count; i++)
		if (load_takes(choice, &object->programs[i]))
			see_program(elf, object->programs[i].name);
	for (size_t i = 0; elf->looks && i < elf->symbol_count; i++) {
		if (!is_extern(elf, i) || elf->seen[i])
			continue;
		elf->symbols[i].st_info =
			ELF64_ST_INFO(STB_WEAK, ELF64_ST_TYPE(elf->symbols[i].st_info));
		hide(elf, &elf->symbols[i]);
		changed = true;
	}
	return changed;
}

void *load_image_for(const struct load_object *object, const struct load_choice *choice)
{
	const struct load_image *image = &object->image;
	struct load_image copy = { image->data ? malloc(image->bytes) : NULL, image->bytes };
	struct elf elf = { 0 };

	if (copy.data)
		memcpy(copy.data, image->data, image->bytes);
	if (!open_elf(&elf, &copy) || !weaken(&elf, object, choice))
		load_image_free(&copy);
	close_elf(&elf);
	return copy.data;
}
