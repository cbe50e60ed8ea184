/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * skep_elf_check(): takes what compilers make, and says what is wrong with the rest. The objects
 * are tests/bpf/elf/NAME.bpf.c, compiled to $SKEP_TEST_FILES/elf/NAME.bpf.o (or without elf/).
 */
#include "harness/test.h"

#include <skep/error.h>

#include "object/elf_check.h"
#include "elf_object.h"

static const char *const names[] = { "minimal", "maps",  "globals",    "subprogs",
				     "externs", "core",  "struct_ops", "legacy",
				     "custom",  "alias", "linked_a" };

#define NAME_COUNT (sizeof(names) / sizeof(names[0]))

static struct object objects[NAME_COUNT];

static FILE *open_object(const char *name)
{
	const char *directory = getenv("SKEP_TEST_FILES");
	static const char *const places[] = { "elf/", "" };
	FILE *file = NULL;
	char path[4096];

	for (size_t i = 0; !file && i < 2; i++) {
		snprintf(path, sizeof(path), "%s/%s%s.bpf.o", directory ? directory : ".",
			 places[i], name);
		file = fopen(path, "rb");
	}
	if (!file)
		fprintf(stderr, "cannot open %s: %s\n", path, strerror(errno));
	return file;
}

static int read_objects(void **state)
{
	(void)state;
	for (size_t i = 0; i < NAME_COUNT; i++) {
		FILE *file = open_object(names[i]);

		if (!file)
			return -1;
		objects[i].data = malloc(1 << 20);
		objects[i].size = fread(objects[i].data, 1, 1 << 20, file);
		fclose(file);
	}
	return 0;
}

static int free_objects(void **state)
{
	(void)state;
	for (size_t i = 0; i < NAME_COUNT; i++)
		free(objects[i].data);
	return 0;
}

static struct object copy_of(const char *name)
{
	struct object o = { NULL, 0 };

	for (size_t i = 0; i < NAME_COUNT; i++) {
		if (strcmp(names[i], name))
			continue;
		o.size = objects[i].size;
		o.data = malloc(o.size);
		memcpy(o.data, objects[i].data, o.size);
	}
	assert_non_null(o.data);
	return o;
}

static void accepts_what_compilers_make(void **state)
{
	(void)state;
	for (size_t i = 0; i < NAME_COUNT; i++) {
		if (skep_elf_check(objects[i].data, objects[i].size, names[i]))
			fail_msg("%s", skep_error_last()->message);
	}
}

static void accepts_any_alignment(void **state)
{
	unsigned char *odd = malloc(objects[1].size + 8);

	(void)state;
	for (size_t shift = 0; shift < 8; shift++) {
		memcpy(odd + shift, objects[1].data, objects[1].size);
		assert_int_equal(skep_elf_check(odd + shift, objects[1].size, "odd.o"), 0);
	}
	free(odd);
}

/* The section table is last: nothing but the whole file will do. */
static void refuses_each_truncation(void **state)
{
	(void)state;
	for (size_t i = 0; i < NAME_COUNT; i++) {
		for (size_t size = 0; size < objects[i].size; size++) {
			unsigned char *cut = malloc(size ? size : 1); /* for sanitizers */

			memcpy(cut, objects[i].data, size);
			assert_int_equal(skep_elf_check(cut, size, "cut.o"), -EINVAL);
			assert_non_null(skep_error_last()->hint);
			free(cut);
		}
	}
	assert_non_null(strstr(skep_error_last()->message, "is truncated: the section table ends"));
}

static void names_other_files(void **state)
{
	static const struct {
		const char *data;
		size_t size;
		const char *message;
	} cases[] = {
		{ "", 0, "x.o is empty" },
		{ "#include <linux/bpf.h>", 22,
		  "x.o is not an ELF file (it begins with \"#include\")" },
		{ "\x01\x02", 2, "x.o is not an ELF file (its first byte is 0x01)" },
		{ "BC\xc0\xde....", 8, "x.o is LLVM bitcode, not an ELF object" },
		{ "!<arch>\nmember", 14, "x.o is an archive, not an ELF object" },
		{ "\x7f"
		  "ELF",
		  4, "x.o is truncated: the ELF header ends at byte 64, the file has 4" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(skep_elf_check(cases[i].data, cases[i].size, "x.o"), -EINVAL);
		assert_string_equal(skep_error_last()->message, cases[i].message);
		assert_non_null(skep_error_last()->hint);
	}
}

/* Each edit damages a sound object in one place. */
static void other_machine(struct object *o)
{
	header(o)->e_machine = EM_X86_64;
}

static void other_type(struct object *o)
{
	header(o)->e_type = ET_DYN;
}

static void other_order(struct object *o)
{
	header(o)->e_ident[EI_DATA] ^= ELFDATA2LSB ^ ELFDATA2MSB;
	header(o)->e_machine = __builtin_bswap16(header(o)->e_machine);
	header(o)->e_type = __builtin_bswap16(header(o)->e_type);
}

static void other_class(struct object *o)
{
	header(o)->e_ident[EI_CLASS] = ELFCLASS32;
}

static void section_too_long(struct object *o)
{
	section(o, ".BTF")->sh_size = 1ULL << 40;
}

static void section_wraps(struct object *o)
{
	section(o, ".BTF")->sh_offset = UINT64_MAX - 4;
}

static void bss_of_terabytes(struct object *o)
{
	section(o, ".bss")->sh_size = 1ULL << 42;
}

static void sections_overlap(struct object *o)
{
	section(o, ".rodata")->sh_offset = section(o, ".data")->sh_offset;
}

static void name_outside(struct object *o)
{
	section_at(o, 3)->sh_name = 1U << 30;
}

static void links_nowhere(struct object *o)
{
	section(o, ".symtab")->sh_link = 4000;
}

static void two_btf(struct object *o)
{
	section(o, ".BTF.ext")->sh_name = section(o, ".BTF")->sh_name;
}

static void open_license(struct object *o)
{
	memset(bytes(o, "license"), 'x', section(o, "license")->sh_size);
}

static void odd_code(struct object *o)
{
	section(o, "xdp")->sh_size -= 4;
}

static void symbol_without_section(struct object *o)
{
	symbol(o, "counts")->st_shndx = 999;
}

static void symbol_wraps(struct object *o)
{
	symbol(o, "pass")->st_value = (uint64_t)-8;
}

static void functions_overlap(struct object *o)
{
	symbol(o, "tail")->st_size += 8;
}

static void half_an_instruction(struct object *o)
{
	struct bpf_insn *code = bytes(o, "xdp");

	code[symbol(o, "pass")->st_size / 8 - 1].code = BPF_LD | BPF_IMM | BPF_DW;
}

static void reloc_without_symbol(struct object *o)
{
	Elf64_Rel *rel = bytes(o, ".relxdp");

	rel->r_info = ELF64_R_INFO(4000ULL, 1);
}

static void reloc_outside(struct object *o)
{
	Elf64_Rel *rel = bytes(o, ".relxdp");

	rel->r_offset = 1 << 20;
}

static void call_without_reloc(struct object *o)
{
	Elf64_Rel *rel = bytes(o, ".reltc");
	const struct bpf_insn *code = bytes(o, "tc");

	while (code[rel->r_offset / 8].code != (BPF_JMP | BPF_CALL))
		rel++;
	rel->r_offset = 0;
}

static void unknown_kind(struct object *o)
{
	type_of(o, BTF_KIND_FLOAT, NULL, NULL)->info = 20U << 24;
}

static void type_outside(struct object *o)
{
	type_of(o, BTF_KIND_PTR, NULL, NULL)->type = 1 << 20;
}

static void type_name_outside(struct object *o)
{
	type_of(o, BTF_KIND_INT, NULL, NULL)->name_off = 1 << 20;
}

static void alias_of_itself(struct object *o)
{
	uint32_t id;
	struct btf_type *t = type_of(o, BTF_KIND_TYPEDEF, NULL, &id);

	t->type = id;
}

static void pointer_to_itself(struct object *o)
{
	uint32_t id;
	struct btf_type *t = type_of(o, BTF_KIND_PTR, NULL, &id);

	t->type = id;
}

static void struct_in_itself(struct object *o)
{
	uint32_t id;
	struct btf_type *t = type_of(o, BTF_KIND_STRUCT, "task_struct", &id);

	((struct btf_member *)(void *)(t + 1))->type = id;
}

static void bit_field_of_pointer(struct object *o)
{
	struct btf_type *t = type_of(o, BTF_KIND_STRUCT, "task_struct", NULL);

	((struct btf_member *)(void *)(t + 1))[1].offset |= 5U << 24;
}

static void relocs_of_another(struct object *o)
{
	section(o, ".rel.struct_ops")->sh_info = index_of(o, "license");
}

static void short_struct(struct object *o)
{
	type_of(o, BTF_KIND_STRUCT, "task_struct", NULL)->size = 8;
}

static void variable_is_type(struct object *o)
{
	struct btf_type *t = type_of(o, BTF_KIND_DATASEC, ".maps", NULL);

	((struct btf_var_secinfo *)(void *)(t + 1))->type = 1;
}

static void variable_elsewhere(struct object *o)
{
	symbol(o, "set")->st_shndx = (uint16_t)index_of(o, ".bss");
	symbol(o, "set")->st_value = 0;
	symbol(o, "set")->st_size = 0;
}

static void map_of_struct_ops(struct object *o)
{
	uint32_t id;
	struct btf_type *t = type_of(o, BTF_KIND_ARRAY, NULL, &id);

	/* The first array is the type of the first map. */
	((struct btf_array *)(void *)(t + 1))->nelems = BPF_MAP_TYPE_STRUCT_OPS;
}

static void large_struct_ops(struct object *o)
{
	type_of(o, BTF_KIND_STRUCT, "tcp_congestion_ops", NULL)->size = 0xfffffff0;
}

static void large_kconfig(struct object *o)
{
	struct btf_header *h = bytes(o, ".BTF");
	struct btf_type *t = type_of(o, BTF_KIND_VAR, "CONFIG_DEFAULT_HOSTNAME", NULL);
	struct btf_type *at = (void *)((char *)h + h->hdr_len + h->type_off);

	for (uint32_t id = 1; id < t->type; id++)
		at = (void *)((char *)at + btf_bytes(at));
	((struct btf_array *)(void *)(at + 1))->nelems = 0x7fffffff;
}

static void negative_access(struct object *o)
{
	struct btf_header *h = bytes(o, ".BTF");
	const uint32_t *ext = bytes(o, ".BTF.ext");
	const unsigned char *core = (const unsigned char *)ext + ext[1] + ext[6];
	const struct bpf_core_relo *relo = (const void *)(core + 12);

	memcpy((char *)h + h->hdr_len + h->str_off + relo->access_str_off, "-1", 2);
}

static void ext_too_many(struct object *o)
{
	uint32_t *ext = bytes(o, ".BTF.ext");
	unsigned char *functions = (unsigned char *)ext + ext[1] + ext[2];

	memset(functions + 8, 0xff, 4);
}

static const struct {
	const char *object;
	void (*edit)(struct object *o);
	int code;
	const char *message; /* a part of it */
} edits[] = {
	{ "minimal", other_machine, -EINVAL, "x.o is an x86-64 object, not BPF" },
	{ "minimal", other_type, -EINVAL, "x.o is a shared object, not a relocatable object" },
	{ "minimal", other_order, -EOPNOTSUPP, "-endian BPF object, this machine is " },
	{ "minimal", other_class, -EINVAL, "ELF class 1 where BPF objects are 64-bit" },
	{ "maps", section_too_long, -EINVAL, "x.o is truncated: section .BTF ends at byte" },
	{ "maps", section_wraps, -EINVAL, "starts at byte" },
	{ "globals", bss_of_terabytes, -EINVAL, "bytes of memory, at most" },
	{ "globals", sections_overlap, -EINVAL, "ends at byte" },
	{ "maps", name_outside, -EINVAL, "the name of section 3 is at" },
	{ "maps", links_nowhere, -EINVAL, "section .symtab links to section 4000" },
	{ "maps", two_btf, -EINVAL, "there are two sections .BTF" },
	{ "maps", open_license, -EINVAL, "section license has no NUL" },
	{ "minimal", odd_code, -EINVAL, "no multiple of 8" },
	{ "maps", symbol_without_section, -EINVAL, "symbol counts is in section 999" },
	{ "minimal", symbol_wraps, -EINVAL, "symbol pass has" },
	{ "maps", functions_overlap, -EINVAL, "functions tail and head of section xdp overlap" },
	{ "minimal", half_an_instruction, -EINVAL, "pass ends in the middle of an instruction" },
	{ "maps", reloc_without_symbol, -EINVAL, "is for symbol 4000" },
	{ "maps", reloc_outside, -EINVAL, "of section xdp, which has" },
	{ "subprogs", call_without_reloc, -EINVAL, "calls a function without a relocation" },
	{ "core", unknown_kind, -EOPNOTSUPP, "is of kind 20, the last one known is 19 (ENUM64)" },
	{ "core", type_outside, -EINVAL, "refers to type 1048576" },
	{ "core", type_name_outside, -EINVAL, "has a name at 1048576" },
	{ "core", alias_of_itself, -EINVAL, "a TYPEDEF, is part of itself" },
	{ "core", pointer_to_itself, -EINVAL, "a PTR, is part of itself" },
	{ "core", struct_in_itself, -EINVAL, "a STRUCT, is part of itself" },
	{ "core", bit_field_of_pointer, -EINVAL, "is a bit field of a PTR" },
	{ "struct_ops", relocs_of_another, -EINVAL, "are for section license" },
	{ "core", short_struct, -EINVAL, "(task_struct, 8 bytes) ends beyond it" },
	{ "maps", variable_is_type, -EINVAL, "a DATASEC, refers to type 1, which is a" },
	{ "globals", variable_elsewhere, -EINVAL, "variable set is in section .data for BTF" },
	{ "maps", map_of_struct_ops, -EINVAL, "is a struct_ops map" },
	{ "struct_ops", large_struct_ops, -EINVAL, "struct_ops skep_cc has" },
	{ "externs", large_kconfig, -EINVAL, "the variables of .kconfig" },
	{ "core", negative_access, -EINVAL, "has access \"-1" },
	{ "core", ext_too_many, -EINVAL, "records where there is room" },
};

static void says_what_is_wrong(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(edits) / sizeof(edits[0]); i++) {
		struct object o = copy_of(edits[i].object);
		int err;

		edits[i].edit(&o);
		err = skep_elf_check(o.data, o.size, "x.o");
		if (err != edits[i].code || !strstr(skep_error_last()->message, edits[i].message))
			fail_msg("edit %zu of %s: %d, %s; expected %d, ...%s...", i,
				 edits[i].object, err, skep_error_last()->message, edits[i].code,
				 edits[i].message);
		assert_non_null(skep_error_last()->hint);
		free(o.data);
	}
}

/* Names of a damaged file may hold anything: the message stays one printable line. */
static void keeps_messages_printable(void **state)
{
	struct object o = copy_of("maps");
	char *name = (char *)bytes(&o, ".strtab") + symbol(&o, "counts")->st_name;

	(void)state;
	symbol(&o, "counts")->st_shndx = 999;
	memcpy(name, "\n\x1b[3\xff", 5);
	assert_int_equal(skep_elf_check(o.data, o.size, "x.o"), -EINVAL);
	for (const char *p = skep_error_last()->message; *p; p++)
		assert_in_range(*p, ' ', '~');
	free(o.data);
}

static void set_up(void **state)
{
	assert_int_equal(read_objects(state), 0);
}

static void tear_down(void **state)
{
	free_objects(state);
}

#define CASE(name, body)                                                                           \
	TEST_WITH(name, set_up, tear_down)                                                         \
	{                                                                                          \
		body(state);                                                                       \
	}

CASE(what_compilers_make_is_accepted, accepts_what_compilers_make)
CASE(any_alignment_is_accepted, accepts_any_alignment)
CASE(each_truncation_is_refused, refuses_each_truncation)
CASE(other_files_are_named, names_other_files)
CASE(what_is_wrong_is_said, says_what_is_wrong)
CASE(messages_stay_printable, keeps_messages_printable)
