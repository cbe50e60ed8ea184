/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Executables and shared libraries, read for places to probe. Files are anybody's: nothing in them
 * is trusted, and what is not as it should be is not seen.
 */
#ifndef SKEP_ATTACH_ELF_FILE_H
#define SKEP_ATTACH_ELF_FILE_H

#include <gelf.h>
#include <libelf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SKEP_BUILD_ID_MAX 64 /* bytes; GNU's have 20 */

struct skep_elf {
	Elf *elf; /* NULL: not open */
	int fd;
	const char *shown; /* what messages call it; borrowed */
};

/* `struct skep_elf elf SKEP_ELF_AUTO = SKEP_ELF_NONE;` */
#define SKEP_ELF_NONE                                                                              \
	{                                                                                          \
		.elf = NULL, .fd = -1, .shown = NULL                                               \
	}
#define SKEP_ELF_AUTO __attribute__((cleanup(skep_elf_close)))

/*
 * An executable or library that this machine can run. In words: ENOENT no such file, EACCES,
 * EISDIR, EINVAL not a regular file, ENOEXEC not an ELF file or one for other machines, EBADMSG cut
 * off or damaged, EMFILE.
 */
int skep_elf_open(struct skep_elf *out, const char *path, const char *shown);
void skep_elf_close(struct skep_elf *elf);

/* Whether it is an ELF file that this machine can run. Says nothing. */
bool skep_elf_is_ours(const char *path);

/* From an address as symbols have it to a place in the file; false where no code is. */
bool skep_elf_offset(const struct skep_elf *elf, uint64_t address, uint64_t *offset);
/* The same for any segment that is loaded: data too. */
bool skep_elf_data_offset(const struct skep_elf *elf, uint64_t address, uint64_t *offset);
/* Whether a place in the file is loaded as code. */
bool skep_elf_is_code(const struct skep_elf *elf, uint64_t offset);

/* The first section of that name; NULL. */
Elf_Scn *skep_elf_section(const struct skep_elf *elf, const char *name, GElf_Shdr *header);

/* Bytes of the build-id; 0: it has none. */
size_t skep_elf_build_id(const struct skep_elf *elf, unsigned char id[SKEP_BUILD_ID_MAX]);
/* In hex; "" for none. */
const char *skep_elf_build_id_text(const struct skep_elf *elf,
				   char text[2 * SKEP_BUILD_ID_MAX + 1]);

/*
 * elf_debug.c: the file with its debug information, by build-id or by .gnu_debuglink, in `root`
 * ("" or a prefix) and here. False where there is none that belongs to it; says nothing.
 */
bool skep_elf_open_debug(struct skep_elf *out, const struct skep_elf *elf, const char *path,
			 const char *root);

/* elf_symbols.c */
struct skep_elf_symbol {
	const char *name;
	size_t length;       /* of the name, without a version behind it */
	const char *version; /* or NULL; ends at a NUL */
	bool is_default;     /* what who links against it gets: NAME@@VERSION, or no version */
	bool is_defined;
	unsigned char type, bind;
	uint64_t address, size;
};
typedef void skep_elf_symbol_fn(const struct skep_elf_symbol *symbol, void *ctx);

/* Those of .dynsym, then those of .symtab. Returns whether there is a .symtab. */
bool skep_elf_each_symbol(const struct skep_elf *elf, skep_elf_symbol_fn *fn, void *ctx);

#endif
