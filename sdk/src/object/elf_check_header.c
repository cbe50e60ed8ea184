/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Is it an ELF file, and a BPF object of this machine's byte order? */
#include "elf_check_parts.h"

#include <errno.h>
#include <stdio.h>

#define COMPILE_HINT "compile it with clang -target bpf -g -O2 -c"

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define OUR_ORDER  ELFDATA2LSB
#define OUR_NAME   "little-endian"
#define THEIR_NAME "big-endian"
#define OUR_TARGET "bpfel"
#else
#define OUR_ORDER  ELFDATA2MSB
#define OUR_NAME   "big-endian"
#define THEIR_NAME "little-endian"
#define OUR_TARGET "bpfeb"
#endif

/* What people hand over by mistake, by its first bytes. */
static const struct {
	const char *start;
	const char *what;
	const char *hint;
} other_formats[] = {
	{ "BC\xc0\xde", "LLVM bitcode", "run it through llc -march=bpf -filetype=obj" },
	{ "!<arch>\n", "an archive", "extract its members with ar x" },
	{ "\x1f\x8b", "compressed by gzip", "unpack it with gunzip" },
	{ "\x28\xb5\x2f\xfd", "compressed by zstd", "unpack it with unzstd" },
	{ "\x9f\xeb", "raw BTF without programs", COMPILE_HINT },
};

static const struct {
	uint16_t machine;
	const char *name;
} machines[] = {
	{ EM_386, "an i386" },   { EM_X86_64, "an x86-64" }, { EM_AARCH64, "an arm64" },
	{ EM_ARM, "an arm" },    { EM_RISCV, "a RISC-V" },   { EM_S390, "an s390" },
	{ EM_PPC64, "a ppc64" }, { EM_PPC, "a ppc" },        { EM_MIPS, "a MIPS" },
	{ 258, "a LoongArch" },
};

static const struct {
	uint16_t type;
	const char *name;
} file_types[] = {
	{ ET_EXEC, "an executable" },
	{ ET_DYN, "a shared object" },
	{ ET_CORE, "a core dump" },
};

/* The first printable word, so that a source file given by mistake is recognised. */
static int refuse_start(const struct skep_elf *e)
{
	char start[13];
	size_t n = 0;
	int err;

	while (n < e->size && n < sizeof(start) - 1 && e->data[n] > ' ' && e->data[n] <= '~') {
		start[n] = (char)e->data[n];
		n++;
	}
	start[n] = '\0';
	if (n)
		err = skep_fail(EINVAL, "%s is not an ELF file (it begins with \"%s\")", e->file,
				start);
	else
		err = skep_fail(EINVAL, "%s is not an ELF file (its first byte is 0x%02x)", e->file,
				e->data[0]);
	return skep_fail_hint(err, "give the object that clang -target bpf -c wrote");
}

static int refuse_format(const struct skep_elf *e)
{
	if (!e->size)
		return skep_fail_hint(skep_fail(EINVAL, "%s is empty", e->file),
				      "the compiler may have failed: build it again");

	for (size_t i = 0; i < sizeof(other_formats) / sizeof(other_formats[0]); i++) {
		size_t len = strlen(other_formats[i].start);

		if (e->size < len || memcmp(e->data, other_formats[i].start, len))
			continue;
		return skep_fail_hint(skep_fail(EINVAL, "%s is %s, not an ELF object", e->file,
						other_formats[i].what),
				      "%s", other_formats[i].hint);
	}
	return refuse_start(e);
}

/* A 16-bit field in the file's own byte order, whichever that is. */
static uint16_t half(const struct skep_elf *e, size_t offset)
{
	const unsigned char *p = e->data + offset;

	if (e->data[EI_DATA] == ELFDATA2MSB)
		return (uint16_t)(p[0] << 8 | p[1]);
	return (uint16_t)(p[1] << 8 | p[0]);
}

static int check_machine(const struct skep_elf *e)
{
	uint16_t machine = half(e, offsetof(Elf64_Ehdr, e_machine));
	int err;

	if (machine == EM_BPF)
		return 0;
	for (size_t i = 0; i < sizeof(machines) / sizeof(machines[0]); i++) {
		if (machine != machines[i].machine)
			continue;
		err = skep_fail(EINVAL, "%s is %s object, not BPF", e->file, machines[i].name);
		return skep_fail_hint(err, COMPILE_HINT);
	}
	err = skep_fail(EINVAL, "%s is an object for ELF machine %u, not BPF (%u)", e->file,
			machine, EM_BPF);
	return skep_fail_hint(err, COMPILE_HINT);
}

static int check_type(const struct skep_elf *e)
{
	uint16_t type = half(e, offsetof(Elf64_Ehdr, e_type));

	if (type == ET_REL)
		return 0;
	for (size_t i = 0; i < sizeof(file_types) / sizeof(file_types[0]); i++) {
		if (type == file_types[i].type)
			return skep_fail_hint(skep_fail(EINVAL,
							"%s is %s, not a relocatable object",
							e->file, file_types[i].name),
					      "link BPF objects with bpftool gen object, not ld");
	}
	return skep_elf_refuse(e, "ELF type %u where a relocatable object has %u", type, ET_REL);
}

static int check_order(const struct skep_elf *e)
{
	unsigned char order = e->data[EI_DATA];

	if (order == OUR_ORDER)
		return 0;
	if (order != ELFDATA2LSB && order != ELFDATA2MSB)
		return skep_elf_refuse(e, "byte order %u where 1 (little-endian) or 2 is expected",
				       order);
	return skep_fail_hint(
		skep_fail(EOPNOTSUPP,
			  "%s is a " THEIR_NAME " BPF object, this machine is " OUR_NAME, e->file),
		"compile it with clang -target " OUR_TARGET ", or -target bpf on this machine");
}

int skep_elf_check_header(struct skep_elf *e)
{
	int err;

	if (e->size < SELFMAG || memcmp(e->data, ELFMAG, SELFMAG))
		return refuse_format(e);
	if (e->size < sizeof(Elf64_Ehdr))
		return skep_elf_refuse_short(e, "the ELF header", sizeof(Elf64_Ehdr));

	err = check_machine(e);
	if (!err)
		err = check_type(e);
	if (!err)
		err = check_order(e);
	if (err)
		return err;

	if (e->data[EI_CLASS] != ELFCLASS64)
		return skep_elf_refuse(e, "ELF class %u where BPF objects are 64-bit (%u)",
				       e->data[EI_CLASS], ELFCLASS64);
	if (e->data[EI_VERSION] != EV_CURRENT)
		return skep_elf_refuse(e, "ELF version %u, expected %u", e->data[EI_VERSION],
				       EV_CURRENT);
	return 0;
}
