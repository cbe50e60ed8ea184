// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "handle.h"

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MOST_BYTES ((size_t)256 << 20)

#ifndef EM_BPF
#define EM_BPF 247
#endif

static int refuse(const char *what)
{
	return skep_error_set(EINVAL, "give a .bpf.o file that clang compiled with -g",
			      "cannot read debugging information: %s", what);
}

static int check_header(Elf *elf)
{
	static const unsigned char ours =
		__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ELFDATA2LSB : ELFDATA2MSB;
	GElf_Ehdr header;

	if (!elf || elf_kind(elf) != ELF_K_ELF || !gelf_getehdr(elf, &header))
		return refuse("not an ELF file");
	if (gelf_getclass(elf) != ELFCLASS64 || header.e_machine != EM_BPF)
		return refuse("not a BPF object");
	if (header.e_type != ET_REL)
		return refuse("not a relocatable object");
	if (header.e_ident[EI_DATA] != ours)
		return skep_error_set(EOPNOTSUPP, "compile it for this machine",
				      "the object is for the other endianness");
	return 0;
}

/* What would make libdw open other files, or needs memory that the object names. */
static int check_sections(Elf *elf)
{
	Elf_Scn *section = NULL;
	size_t names;

	if (elf_getshdrstrndx(elf, &names))
		return refuse("its sections have no names");
	while ((section = elf_nextscn(elf, section))) {
		GElf_Shdr header;
		const char *name;

		if (!gelf_getshdr(section, &header))
			return refuse("a section header is damaged");
		name = elf_strptr(elf, names, header.sh_name);
		if (name && (!strcmp(name, ".gnu_debugaltlink") || !strcmp(name, ".debug_sup")))
			return skep_error_set(EOPNOTSUPP, "compile it without -gsplit-dwarf",
					      "debugging information is in another file");
		if (header.sh_flags & SHF_COMPRESSED || (name && !strncmp(name, ".zdebug", 7)))
			return skep_error_set(EOPNOTSUPP, "compile it without -gz",
					      "section %s is compressed", name ? name : "?");
	}
	return 0;
}

/* Relocates in one view of the image, and opens another that sees the result. */
static int start(struct skep_dwarf *dwarf)
{
	int err;

	if (elf_version(EV_CURRENT) == EV_NONE)
		return refuse("libelf is too old");
	dwarf->elf = elf_memory(dwarf->image, dwarf->bytes);
	err = check_header(dwarf->elf);
	if (!err)
		err = check_sections(dwarf->elf);
	if (!err)
		err = relocate(dwarf->elf, dwarf->image, dwarf->bytes);
	if (err)
		return err;
	elf_end(dwarf->elf);
	dwarf->elf = elf_memory(dwarf->image, dwarf->bytes);
	if (!dwarf->elf || elf_getshdrstrndx(dwarf->elf, &dwarf->names))
		return refuse("not an ELF file");
	dwarf->dwarf = dwarf_begin_elf(dwarf->elf, DWARF_C_READ, NULL);
	if (!dwarf->dwarf)
		return skep_error_set(ENOENT, "compile it with clang -g",
				      "the object has no debugging information (DWARF)");
	return 0;
}

/* Takes `image` over, also on failure. */
static int open_image(struct skep_dwarf **out, char *image, size_t bytes)
{
	struct skep_dwarf *dwarf = calloc(1, sizeof(*dwarf));
	int err;

	if (!dwarf) {
		free(image);
		return skep_error_set(ENOMEM, NULL, "no memory");
	}
	dwarf->image = image;
	dwarf->bytes = bytes;
	err = start(dwarf);
	if (err)
		skep_dwarf_free(dwarf);
	else
		*out = dwarf;
	return err;
}

int skep_dwarf_open_mem(struct skep_dwarf **out, const void *data, size_t bytes)
{
	char *image;

	if (bytes > MOST_BYTES)
		return skep_error_set(E2BIG, NULL, "the object has %zu bytes, more than 256 MiB",
				      bytes);
	image = malloc(bytes + 1);
	if (!image)
		return skep_error_set(ENOMEM, NULL, "no memory for %zu bytes", bytes);
	memcpy(image, data, bytes);
	return open_image(out, image, bytes);
}

/* A regular file, wholly. -errno, without words. */
static int read_file(const char *path, char **image, size_t *bytes)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	size_t used = 0, size;
	struct stat st;
	ssize_t n = 1;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) || !S_ISREG(st.st_mode) || (size_t)st.st_size > MOST_BYTES) {
		close(fd);
		return S_ISREG(st.st_mode) ? -E2BIG : -EINVAL;
	}
	size = (size_t)st.st_size;
	*image = malloc(size + 1);
	while (*image && n > 0 && used < size) {
		n = read(fd, *image + used, size - used);
		used += n > 0 ? (size_t)n : 0;
	}
	close(fd);
	*bytes = used;
	return *image ? 0 : -ENOMEM;
}

int skep_dwarf_open(struct skep_dwarf **out, const char *path)
{
	char *image = NULL;
	size_t bytes = 0;
	int err = read_file(path, &image, &bytes);

	if (err)
		return skep_error_set(err, err == -ENOENT ? "check the path" : NULL,
				      "cannot read %s: %s", path,
				      err == -EINVAL ? "not a regular file" : strerror(-err));
	return open_image(out, image, bytes);
}

void skep_dwarf_free(struct skep_dwarf *dwarf)
{
	if (!dwarf)
		return;
	answers_free(dwarf);
	dwarf_end(dwarf->dwarf);
	elf_end(dwarf->elf);
	free(dwarf->image);
	free(dwarf);
}
