// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* The symbols of the test's own program file: where its maps and variables are, by name. */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host.h"

struct reader {
	Elf *elf;
	Elf_Scn *section;
	GElf_Shdr header;
	Elf_Data *data;
	size_t count;
};

static int no_memory(void)
{
	return skep_error_set(ENOMEM, NULL, "no memory");
}

static int open_table(struct reader *reader)
{
	while ((reader->section = elf_nextscn(reader->elf, reader->section))) {
		if (!gelf_getshdr(reader->section, &reader->header) ||
		    reader->header.sh_type != SHT_SYMTAB)
			continue;
		reader->data = elf_getdata(reader->section, NULL);
		if (!reader->data || !reader->header.sh_entsize)
			break;
		reader->count = reader->header.sh_size / reader->header.sh_entsize;
		return 0;
	}
	return skep_error_set(ENOEXEC, "do not strip test programs",
			      "this test has no symbol table, where the names of maps are");
}

static int add_file(struct skep_host_symbols *out, const char *name)
{
	char **files = realloc(out->files, (out->file_count + 1) * sizeof(*files));

	if (!files)
		return no_memory();
	out->files = files;
	files[out->file_count] = strdup(name);
	return files[out->file_count++] ? 0 : no_memory();
}

/* A hidden symbol of a program file is local in its table; its visibility tells it from others. */
static int add_symbol(struct skep_host_symbols *out, const GElf_Sym *symbol, const char *name)
{
	int type = GELF_ST_TYPE(symbol->st_info);

	if (type == STT_FILE)
		return add_file(out, name);
	if ((type != STT_OBJECT && type != STT_FUNC) || symbol->st_shndx == SHN_UNDEF)
		return 0;
	out->list[out->count] = (struct skep_host_symbol){
		.name = strdup(name),
		.address = (void *)(uintptr_t)symbol->st_value, // NOLINT: moved below
		.bytes = symbol->st_size,
		.is_function = type == STT_FUNC,
		.is_global = GELF_ST_BIND(symbol->st_info) != STB_LOCAL ||
			     GELF_ST_VISIBILITY(symbol->st_other) == STV_HIDDEN,
		.file = out->file_count,
	};
	return out->list[out->count++].name ? 0 : no_memory();
}

static int read_table(struct reader *reader, struct skep_host_symbols *out)
{
	int err = open_table(reader);

	if (err)
		return err;
	out->list = calloc(reader->count + 1, sizeof(*out->list));
	if (!out->list)
		return no_memory();
	for (size_t i = 0; i < reader->count && !err; i++) {
		GElf_Sym symbol;
		const char *name;

		if (!gelf_getsym(reader->data, (int)i, &symbol))
			continue;
		name = elf_strptr(reader->elf, reader->header.sh_link, symbol.st_name);
		if (name)
			err = add_symbol(out, &symbol, name);
	}
	return err;
}

/* The program may lie anywhere: `anchor` is the name of what is known to be `at`. */
static int move_all(struct skep_host_symbols *symbols, const char *anchor, const void *at)
{
	uintptr_t by = 0;
	bool found = false;

	for (size_t i = 0; i < symbols->count && !found; i++) {
		found = symbols->list[i].name && !strcmp(symbols->list[i].name, anchor);
		by = (uintptr_t)at - (uintptr_t)symbols->list[i].address;
	}
	if (!found)
		return skep_error_set(ENOEXEC, "link hosted programs into the test's program file",
				      "this test's program file does not have '%s'", anchor);
	for (size_t i = 0; i < symbols->count; i++)
		symbols->list[i].address =
			(void *)((uintptr_t)symbols->list[i].address + by); // NOLINT: as above
	return 0;
}

int skep_host_symbols_read(struct skep_host_symbols *out, const char *anchor, const void *at)
{
	struct reader reader = { 0 };
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC), err;

	if (fd < 0)
		return skep_error_set(errno, "mount /proc", "cannot open /proc/self/exe");
	elf_version(EV_CURRENT);
	reader.elf = elf_begin(fd, ELF_C_READ, NULL);
	err = reader.elf ? read_table(&reader, out)
			 : skep_error_set(ENOEXEC, NULL, "/proc/self/exe: %s", elf_errmsg(-1));
	elf_end(reader.elf);
	close(fd);
	return err ? err : move_all(out, anchor, at);
}
