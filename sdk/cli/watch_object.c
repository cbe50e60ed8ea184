/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * An object like that which the command loaded: the refused programs as the kernel got them, with
 * their BTF, functions and lines. With it the explanation knows paths, columns and where a fix goes.
 */
#include "watch_parts.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "watch_object.h"

#define BTF_EXT_HEADER 24

enum {
	SECTION_BTF = 1,
	SECTION_EXT,
	SECTION_SYMBOLS,
	SECTION_STRINGS,
	SECTION_FIRST_PROGRAM,
};

/* Bytes that grow. */
struct bytes {
	char *at;
	size_t count;
	FILE *to;
};

struct object {
	struct bytes file, headers, strings, symbols, functions, lines;
	size_t section_count;
};

static size_t put(struct bytes *bytes, const void *data, size_t count)
{
	long before = ftell(bytes->to);

	fwrite(data, 1, count, bytes->to);
	return (size_t)before;
}

static uint32_t put_text(struct object *o, const char *text)
{
	return (uint32_t)put(&o->strings, text, strlen(text) + 1);
}

static void put_u32(struct bytes *bytes, uint32_t value)
{
	put(bytes, &value, sizeof(value));
}

static uint16_t put_section(struct object *o, Elf64_Shdr header, const char *name, const void *data,
			    size_t count)
{
	static const char padding[8];

	header.sh_name = put_text(o, name);
	header.sh_offset = put(&o->file, data, count);
	header.sh_size = count;
	header.sh_addralign = 8;
	put(&o->file, padding, -count & 7);
	put(&o->headers, &header, sizeof(header));
	return (uint16_t)o->section_count++;
}

static void put_symbol(struct object *o, const char *name, unsigned char type, uint16_t section,
		       uint64_t value, uint64_t size)
{
	const Elf64_Sym symbol = {
		.st_name = put_text(o, name),
		.st_info = ELF64_ST_INFO(STB_GLOBAL, type),
		.st_shndx = section,
		.st_value = value,
		.st_size = size,
	};

	put(&o->symbols, &symbol, sizeof(symbol));
}

static const struct bpf_func_info *function_at(const struct watch_refusal *r, uint32_t i)
{
	return (const struct bpf_func_info *)r->func_info + i;
}

static const char *function_name(const struct btf *btf, uint32_t type_id, uint32_t *name_off)
{
	const struct btf_type *type = btf__type_by_id(btf, type_id);

	*name_off = type ? type->name_off : 0;
	return type && btf_is_func(type) ? btf__name_by_offset(btf, type->name_off) : NULL;
}

/* The functions of a program: each ends where the next begins. */
static void put_functions(struct object *o, const struct watch_refusal *r, const struct btf *btf,
			  uint16_t section, uint32_t section_name)
{
	const struct watch_prog_load *load = &r->attr.prog;

	put_u32(&o->functions, section_name);
	put_u32(&o->functions, load->func_info_cnt);
	for (uint32_t i = 0; i < load->func_info_cnt; i++) {
		struct bpf_func_info info = *function_at(r, i);
		uint32_t end = i + 1 < load->func_info_cnt ? function_at(r, i + 1)->insn_off
							   : load->insn_cnt;
		uint32_t name_off;
		const char *name = function_name(btf, info.type_id, &name_off);

		if (name && end > info.insn_off && end <= load->insn_cnt)
			put_symbol(o, name, STT_FUNC, section, 8ULL * info.insn_off,
				   8ULL * (end - info.insn_off));
		info.insn_off *= 8;
		put(&o->functions, &info, sizeof(info));
	}
}

static void put_lines(struct object *o, const struct watch_refusal *r, uint32_t section_name)
{
	const struct watch_prog_load *load = &r->attr.prog;

	put_u32(&o->lines, section_name);
	put_u32(&o->lines, load->line_info_cnt);
	for (uint32_t i = 0; i < load->line_info_cnt; i++) {
		struct bpf_line_info line = ((const struct bpf_line_info *)r->line_info)[i];

		line.insn_off *= 8;
		put(&o->lines, &line, sizeof(line));
	}
}

static void map_name(int fd, char name[BPF_OBJ_NAME_LEN])
{
	struct bpf_map_info info = { 0 };
	__u32 bytes = sizeof(info);

	if (!bpf_obj_get_info_by_fd(fd, &info, &bytes))
		memcpy(name, info.name, BPF_OBJ_NAME_LEN);
	else
		memset(name, 0, BPF_OBJ_NAME_LEN);
}

/* What the first half of a 64-bit constant stands for. */
static void put_target(struct object *o, const struct watch_refusal *r, uint16_t section,
		       uint32_t insn)
{
	const struct bpf_insn *at = &r->insns[insn];
	char name[BPF_OBJ_NAME_LEN] = "";

	/* Of a function the kernel has the distance; an object, a symbol to add the number to. */
	if (at->src_reg == BPF_PSEUDO_FUNC) {
		put_symbol(o, name, STT_NOTYPE, section,
			   8 * ((uint64_t)insn + 1) + 7 * (uint64_t)(int64_t)at->imm, 0);
		return;
	}
	if (at->src_reg == WATCH_CONSTANT_MAP_FD)
		map_name(at->imm, name);
	put_symbol(o, name, STT_OBJECT, SHN_UNDEF, 0, 0);
}

/* What is not the same in the kernel: addresses stand for file descriptors. */
static void put_relocations(struct object *o, const struct watch_refusal *r, uint16_t section)
{
	struct bytes relocations = { 0 };

	relocations.to = open_memstream(&relocations.at, &relocations.count);
	if (!relocations.to)
		return;
	for (uint32_t i = 0; i + 1 < r->attr.prog.insn_cnt; i++) {
		uint64_t symbol = (uint64_t)ftell(o->symbols.to) / sizeof(Elf64_Sym);
		const Elf64_Rel relocation = { 8ULL * i, ELF64_R_INFO(symbol, 1) };

		if (r->insns[i].code != (BPF_LD | BPF_IMM | BPF_DW))
			continue;
		if (r->insns[i].src_reg) {
			put_target(o, r, section, i);
			put(&relocations, &relocation, sizeof(relocation));
		}
		i++;
	}
	fclose(relocations.to);
	put_section(o,
		    (Elf64_Shdr){ .sh_type = SHT_REL,
				  .sh_link = SECTION_SYMBOLS,
				  .sh_info = section,
				  .sh_entsize = sizeof(Elf64_Rel) },
		    ".rel", relocations.at, relocations.count);
	free(relocations.at);
}

/* Its section is called as its function: that is a text of the BTF, which .BTF.ext needs. */
static void put_program(struct object *o, const struct watch_refusal *r, const struct btf *btf)
{
	uint32_t name_off;
	const char *name = function_name(btf, function_at(r, 0)->type_id, &name_off);
	uint16_t section;

	if (!name)
		return;
	section = put_section(
		o, (Elf64_Shdr){ .sh_type = SHT_PROGBITS, .sh_flags = SHF_ALLOC | SHF_EXECINSTR },
		name, r->insns, r->attr.prog.insn_cnt * sizeof(struct bpf_insn));
	put_functions(o, r, btf, section, name_off);
	put_lines(o, r, name_off);
	put_relocations(o, r, section);
}

static void put_ext(struct object *o, struct bytes *ext)
{
	const struct {
		uint16_t magic;
		uint8_t version, flags;
		uint32_t bytes, func_off, func_bytes, line_off, line_bytes;
	} header = { 0xeb9f,
		     1,
		     0,
		     BTF_EXT_HEADER,
		     0,
		     (uint32_t)o->functions.count,
		     (uint32_t)o->functions.count,
		     (uint32_t)o->lines.count };

	put(ext, &header, sizeof(header));
	put(ext, o->functions.at, o->functions.count);
	put(ext, o->lines.at, o->lines.count);
}

static bool begin(struct object *o)
{
	struct bytes *const all[] = { &o->file,    &o->headers,   &o->strings,
				      &o->symbols, &o->functions, &o->lines };
	const Elf64_Ehdr nothing = { 0 };
	const Elf64_Sym none = { 0 };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		all[i]->to = open_memstream(&all[i]->at, &all[i]->count);
		if (!all[i]->to)
			return false;
	}
	put(&o->file, &nothing, sizeof(nothing));
	put_text(o, "");
	put(&o->symbols, &none, sizeof(none));
	put_u32(&o->functions, sizeof(struct bpf_func_info));
	put_u32(&o->lines, sizeof(struct bpf_line_info));
	o->section_count = SECTION_FIRST_PROGRAM;
	return true;
}

static void end(struct object *o)
{
	struct bytes *const all[] = { &o->file,    &o->headers,   &o->strings,
				      &o->symbols, &o->functions, &o->lines };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		if (all[i]->to)
			fclose(all[i]->to);
		free(all[i]->at);
	}
}

static void flush(struct object *o)
{
	fflush(o->headers.to);
	fflush(o->strings.to);
	fflush(o->symbols.to);
	fflush(o->functions.to);
	fflush(o->lines.to);
}

/* The sections before the programs', whose places are known only now. */
static void put_first(struct object *o, Elf64_Shdr first[SECTION_FIRST_PROGRAM],
		      const struct btf *btf)
{
	static const char padding[8];
	struct bytes ext = { 0 };
	const void *data[SECTION_FIRST_PROGRAM] = { 0 };
	uint32_t btf_bytes;

	ext.to = open_memstream(&ext.at, &ext.count);
	if (!ext.to)
		return;
	first[SECTION_BTF].sh_name = put_text(o, ".BTF");
	first[SECTION_EXT].sh_name = put_text(o, ".BTF.ext");
	first[SECTION_SYMBOLS].sh_name = put_text(o, ".symtab");
	first[SECTION_STRINGS].sh_name = put_text(o, ".strtab");
	flush(o);
	put_ext(o, &ext);
	fclose(ext.to);
	data[SECTION_BTF] = btf__raw_data(btf, &btf_bytes);
	data[SECTION_EXT] = ext.at;
	data[SECTION_SYMBOLS] = o->symbols.at;
	data[SECTION_STRINGS] = o->strings.at;
	first[SECTION_BTF].sh_size = btf_bytes;
	first[SECTION_EXT].sh_size = ext.count;
	first[SECTION_SYMBOLS].sh_size = o->symbols.count;
	first[SECTION_STRINGS].sh_size = o->strings.count;
	for (size_t i = 1; i < SECTION_FIRST_PROGRAM; i++) {
		first[i].sh_type = SHT_PROGBITS;
		first[i].sh_addralign = 8;
		first[i].sh_offset = put(&o->file, data[i], first[i].sh_size);
		put(&o->file, padding, -first[i].sh_size & 7);
	}
	first[SECTION_SYMBOLS].sh_type = SHT_SYMTAB;
	first[SECTION_SYMBOLS].sh_link = SECTION_STRINGS;
	first[SECTION_SYMBOLS].sh_info = 1;
	first[SECTION_SYMBOLS].sh_entsize = sizeof(Elf64_Sym);
	first[SECTION_STRINGS].sh_type = SHT_STRTAB;
	free(ext.at);
}

static int finish(struct object *o, const struct btf *btf)
{
	Elf64_Shdr first[SECTION_FIRST_PROGRAM] = { 0 };
	Elf64_Ehdr header = {
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64,
			     __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? ELFDATA2MSB : ELFDATA2LSB,
			     EV_CURRENT },
		.e_type = ET_REL,
		.e_machine = EM_BPF,
		.e_version = EV_CURRENT,
		.e_ehsize = sizeof(header),
		.e_shentsize = sizeof(Elf64_Shdr),
		.e_shnum = (uint16_t)o->section_count,
		.e_shstrndx = SECTION_STRINGS,
	};
	int fd = memfd_create("watched", MFD_CLOEXEC);

	put_first(o, first, btf);
	header.e_shoff = put(&o->file, first, sizeof(first));
	put(&o->file, o->headers.at, o->headers.count);
	fflush(o->file.to);
	memcpy(o->file.at, &header, sizeof(header));
	if (fd >= 0 && write(fd, o->file.at, o->file.count) != (ssize_t)o->file.count) {
		close(fd);
		fd = -1;
	}
	return fd;
}

static bool is_whole(const struct watch_refusal *r)
{
	const struct watch_prog_load *load = &r->attr.prog;

	return r->cmd == WATCH_PROG_LOAD && r->copied && r->func_info && r->line_info &&
	       load->func_info_rec_size == sizeof(struct bpf_func_info) &&
	       load->line_info_rec_size == sizeof(struct bpf_line_info);
}

int watch_object_make(const struct watch_refusals *list)
{
	struct object o = { 0 };
	struct btf *btf = NULL;
	uint32_t id = 0;
	int fd = -1;

	for (size_t i = 0; i < list->count; i++) {
		uint32_t this_id = is_whole(list->at[i]) ? watch_btf_id(list->at[i]) : 0;

		/* Of programs with several BTFs, or with none, there is no one object. */
		if (list->at[i]->cmd == WATCH_PROG_LOAD && list->at[i]->look == WATCH_REAL &&
		    (!this_id || (id && this_id != id)))
			return -1;
		if (this_id)
			id = this_id;
	}
	for (size_t i = 0; id && !btf && i < list->count; i++)
		if (is_whole(list->at[i]))
			btf = watch_btf_read(list->at[i]);
	if (!btf)
		return -1;
	if (begin(&o)) {
		for (size_t i = 0; i < list->count; i++)
			if (is_whole(list->at[i]))
				put_program(&o, list->at[i], btf);
		fd = finish(&o, btf);
	}
	end(&o);
	btf__free(btf);
	return fd;
}
