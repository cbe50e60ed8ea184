/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "elf_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fail.h"
#include "library.h"

/* What a process here may be: 32-bit programs run on most 64-bit kernels. */
static bool runs_here(unsigned int machine)
{
#if defined(__x86_64__) || defined(__i386__)
	return machine == EM_X86_64 || machine == EM_386;
#elif defined(__aarch64__) || defined(__arm__)
	return machine == EM_AARCH64 || machine == EM_ARM;
#elif defined(__riscv)
	return machine == EM_RISCV;
#elif defined(__powerpc64__)
	return machine == EM_PPC64;
#elif defined(__s390x__)
	return machine == EM_S390;
#else
	return machine != EM_BPF;
#endif
}

static const char *machine_name(unsigned int machine)
{
	static const struct {
		unsigned int machine;
		const char *name;
	} names[] = {
		{ EM_X86_64, "x86-64" }, { EM_386, "i386" },    { EM_AARCH64, "arm64" },
		{ EM_ARM, "arm" },       { EM_RISCV, "riscv" }, { EM_PPC64, "ppc64" },
		{ EM_S390, "s390" },     { EM_BPF, "BPF" },     { EM_MIPS, "mips" },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].machine == machine)
			return names[i].name;
	return "another machine";
}

static int cannot_open(int code, const char *shown)
{
	switch (code) {
	case ENOENT:
	case ENOTDIR:
		if (access("/proc/self/fd", F_OK)) /* its path leads through there */
			return skep_fail_hint(skep_fail(EOPNOTSUPP,
							"cannot open %s: /proc is not mounted",
							shown),
					      "mount -t proc proc /proc");
		return skep_fail_hint(skep_fail(ENOENT, "there is no file %s", shown),
				      "give the path of an executable or library, or the name of a "
				      "library as the loader knows it: libc.so.6");
	case EACCES:
	case EPERM:
		return skep_fail_hint(skep_fail(EACCES, "this process may not read %s", shown),
				      "run it as a user who may, or grant cap_dac_read_search");
	case EMFILE:
	case ENFILE:
		return skep_attach_no_fds(code, shown);
	default:
		return skep_fail(code, "cannot open %s: %s", shown, strerror(code));
	}
}

static int open_file(const char *path, const char *shown, int *out)
{
	struct stat status;
	/* Without O_NONBLOCK a pipe would wait for who writes to it. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0)
		return cannot_open(errno == ENXIO ? EINVAL : errno, shown);
	if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode)) {
		*out = fd;
		return 0;
	}
	close(fd);
	if (S_ISDIR(status.st_mode))
		return skep_fail_hint(skep_fail(EISDIR, "%s is a folder", shown),
				      "give the path of an executable or library in it");
	return skep_fail(EINVAL, "%s is no regular file", shown);
}

static int not_elf(const char *shown, int fd)
{
	char start[2] = "";

	skep_fail(ENOEXEC, "%s is not an ELF file", shown);
	if (pread(fd, start, sizeof(start), 0) == sizeof(start) && !memcmp(start, "#!", 2))
		return skep_fail_hint(-ENOEXEC, "it is a script: give the path of its interpreter, "
						"as in its first line");
	return skep_fail_hint(-ENOEXEC, "give the path of an executable or a shared library (%s)",
			      "`file -L` tells what a file is");
}

static int check(const struct skep_elf *elf)
{
	GElf_Ehdr header;
	size_t segments, sections;

	if (!gelf_getehdr(elf->elf, &header))
		return skep_fail_hint(
			skep_fail(EBADMSG, "%s: its ELF header is cut off or damaged", elf->shown),
			"install the file again");
	if (!runs_here(header.e_machine))
		return skep_fail_hint(
			skep_fail(ENOEXEC, "%s is for %s (e_machine %u), which does not run here",
				  elf->shown, machine_name(header.e_machine), header.e_machine),
			"give the file for this machine's architecture");
	if (header.e_type != ET_EXEC && header.e_type != ET_DYN)
		return skep_fail_hint(skep_fail(ENOEXEC, "%s is neither executable nor library%s",
						elf->shown,
						header.e_type == ET_REL    ? ", but an object file"
						: header.e_type == ET_CORE ? ", but a core dump"
									   : ""),
				      "give the file that is run or loaded");
	if (elf_getphdrnum(elf->elf, &segments) || !segments || elf_getshdrnum(elf->elf, &sections))
		return skep_fail_hint(
			skep_fail(EBADMSG, "%s: its tables are cut off or damaged", elf->shown),
			"install the file again");
	return 0;
}

int skep_elf_open(struct skep_elf *out, const char *path, const char *shown)
{
	struct skep_elf elf SKEP_ELF_AUTO = SKEP_ELF_NONE;
	int err = open_file(path, shown, &elf.fd);

	if (err)
		return err;
	elf.shown = shown;
	elf_version(EV_CURRENT);
	elf.elf = elf_begin(elf.fd, ELF_C_READ, NULL);
	if (!elf.elf || elf_kind(elf.elf) != ELF_K_ELF)
		return not_elf(shown, elf.fd);
	err = check(&elf);
	if (err)
		return err;
	*out = elf;
	elf = (struct skep_elf)SKEP_ELF_NONE;
	return 0;
}

void skep_elf_close(struct skep_elf *elf)
{
	int kept = errno;

	if (elf->elf)
		elf_end(elf->elf);
	if (elf->fd >= 0)
		close(elf->fd);
	*elf = (struct skep_elf)SKEP_ELF_NONE;
	errno = kept;
}

bool skep_elf_is_ours(const char *path)
{
	struct skep_elf elf SKEP_ELF_AUTO = SKEP_ELF_NONE;

	SKEP_KEEP_ERROR;
	return skep_elf_open(&elf, path, path) == 0;
}

static bool find_segment(const struct skep_elf *elf, uint64_t address, uint32_t flags,
			 uint64_t *offset)
{
	size_t count = 0;

	if (elf_getphdrnum(elf->elf, &count))
		return false;
	for (size_t i = 0; i < count && i <= INT32_MAX; i++) {
		GElf_Phdr segment;

		if (!gelf_getphdr(elf->elf, (int)i, &segment) || segment.p_type != PT_LOAD ||
		    (segment.p_flags & flags) != flags)
			continue;
		if (address < segment.p_vaddr || address - segment.p_vaddr >= segment.p_filesz)
			continue;
		*offset = address - segment.p_vaddr + segment.p_offset;
		return *offset >= segment.p_offset;
	}
	return false;
}

bool skep_elf_offset(const struct skep_elf *elf, uint64_t address, uint64_t *offset)
{
	return find_segment(elf, address, PF_X, offset);
}

bool skep_elf_data_offset(const struct skep_elf *elf, uint64_t address, uint64_t *offset)
{
	return find_segment(elf, address, 0, offset);
}

bool skep_elf_is_code(const struct skep_elf *elf, uint64_t offset)
{
	struct stat status;
	size_t count = 0;

	/* A segment may say that it is longer than the file. */
	if (elf_getphdrnum(elf->elf, &count) || fstat(elf->fd, &status) ||
	    offset >= (uint64_t)status.st_size)
		return false;
	for (size_t i = 0; i < count && i <= INT32_MAX; i++) {
		GElf_Phdr segment;

		if (gelf_getphdr(elf->elf, (int)i, &segment) && segment.p_type == PT_LOAD &&
		    segment.p_flags & PF_X && offset >= segment.p_offset &&
		    offset - segment.p_offset < segment.p_filesz)
			return true;
	}
	return false;
}

Elf_Scn *skep_elf_section(const struct skep_elf *elf, const char *name, GElf_Shdr *header)
{
	Elf_Scn *section = NULL;
	size_t names;

	if (elf_getshdrstrndx(elf->elf, &names))
		return NULL;
	while ((section = elf_nextscn(elf->elf, section))) {
		const char *its;

		if (!gelf_getshdr(section, header))
			continue;
		its = elf_strptr(elf->elf, names, header->sh_name);
		if (its && !strcmp(its, name))
			return section;
	}
	return NULL;
}

/* Among the notes in `data`. */
static size_t find_build_id(Elf_Data *data, unsigned char id[SKEP_BUILD_ID_MAX])
{
	size_t at = 0, name, desc, next;
	GElf_Nhdr note;

	while (data && (next = gelf_getnote(data, at, &note, &name, &desc)) > 0) {
		const char *bytes = data->d_buf;

		if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 &&
		    !memcmp(bytes + name, "GNU", 4) && note.n_descsz &&
		    note.n_descsz <= SKEP_BUILD_ID_MAX) {
			memcpy(id, bytes + desc, note.n_descsz);
			return note.n_descsz;
		}
		if (next <= at)
			break;
		at = next;
	}
	return 0;
}

/* Files of debug information keep the sections, but their segments may point anywhere. */
static size_t find_in_sections(const struct skep_elf *elf, unsigned char id[SKEP_BUILD_ID_MAX])
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;
	size_t size = 0;

	while (!size && (section = elf_nextscn(elf->elf, section)))
		if (gelf_getshdr(section, &header) && header.sh_type == SHT_NOTE)
			size = find_build_id(elf_getdata(section, NULL), id);
	return size;
}

size_t skep_elf_build_id(const struct skep_elf *elf, unsigned char id[SKEP_BUILD_ID_MAX])
{
	size_t count = 0, size = find_in_sections(elf, id);

	if (size || elf_getphdrnum(elf->elf, &count))
		return size;
	for (size_t i = 0; !size && i < count && i <= INT32_MAX; i++) {
		GElf_Phdr segment;

		if (!gelf_getphdr(elf->elf, (int)i, &segment) || segment.p_type != PT_NOTE)
			continue;
		size = find_build_id(
			elf_getdata_rawchunk(elf->elf, (int64_t)segment.p_offset, segment.p_filesz,
					     segment.p_align == 8 ? ELF_T_NHDR8 : ELF_T_NHDR),
			id);
	}
	return size;
}

const char *skep_elf_build_id_text(const struct skep_elf *elf, char text[2 * SKEP_BUILD_ID_MAX + 1])
{
	unsigned char id[SKEP_BUILD_ID_MAX];
	size_t size = skep_elf_build_id(elf, id);

	text[0] = '\0';
	for (size_t i = 0; i < size; i++)
		sprintf(text + 2 * i, "%02x", id[i]);
	return text;
}
