// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* libskep-dwarf on inlined.bpf.c, compiled by each clang with each version of DWARF. */
#include "harness/test.h"

#include <fcntl.h>
#include <gelf.h>
#include <linux/bpf.h>
#include <unistd.h>

#include <skep/dwarf.h>
#include <skep/verifier.h>

#define MOST_INSNS 128

static const char *const objects[] = { "clang14-dwarf4.o", "clang14-dwarf5.o", "clang19-dwarf4.o",
				       "clang19-dwarf5.o" };

/* Calls `body` with each object that could be compiled here. */
static void for_each_object(void (*body)(struct skep_dwarf *dwarf, const char *path))
{
	int tried = 0;

	for (size_t i = 0; i < sizeof(objects) / sizeof(objects[0]); i++) {
		char path[4096];
		SKEP_AUTO(skep_dwarf) *dwarf = NULL;

		snprintf(path, sizeof(path), "%s/%s", getenv("SKEP_TEST_FILES"), objects[i]);
		if (access(path, R_OK))
			continue;
		print_message("# %s\n", objects[i]);
		assert_ok(skep_dwarf_open(&dwarf, path));
		body(dwarf, path);
		tried++;
	}
	if (!tried)
		test_skip("neither clang-14 nor clang-19 is here");
}

/* The line of the source with a mark in it. */
static int line_of(const char *mark)
{
	FILE *f = fopen(test_file("inlined.bpf.c"), "re");
	char line[256], comment[64];
	int number = 0;

	assert_non_null(f);
	snprintf(comment, sizeof(comment), "/* %s */", mark);
	while (fgets(line, sizeof(line), f)) {
		number++;
		if (strstr(line, comment)) {
			fclose(f);
			return number;
		}
	}
	fclose(f);
	fail_msg("no mark %s", mark);
	return 0;
}

static bool is_at(const struct skep_dwarf_frame *frame, const char *mark, const char *function)
{
	const char *slash = frame ? strrchr(frame->file, '/') : NULL;

	return slash && !strcmp(slash, "/inlined.bpf.c") && frame->line == line_of(mark) &&
	       frame->column > 0 && !strcmp(frame->function, function);
}

/* The first instruction of a line, or -1. */
static int find_insn(struct skep_dwarf *dwarf, const char *section, const char *mark,
		     const char *function)
{
	for (uint32_t insn = 0; insn < MOST_INSNS; insn++) {
		const struct skep_dwarf_frame *frame;

		if (skep_dwarf_frames(dwarf, section, insn, &frame))
			break;
		if (is_at(frame, mark, function))
			return (int)insn;
	}
	return -1;
}

static uint32_t must_find(struct skep_dwarf *dwarf, const char *section, const char *mark,
			  const char *function)
{
	int insn = find_insn(dwarf, section, mark, function);

	if (insn < 0)
		fail_msg("no instruction of %s in %s", mark, section);
	return (uint32_t)insn;
}

static const struct skep_dwarf_variable *find_variable(struct skep_dwarf *dwarf,
						       const char *section, uint32_t insn,
						       const char *name)
{
	const struct skep_dwarf_variable *v = NULL;

	assert_ok(skep_dwarf_variables(dwarf, section, insn, &v));
	while (v && strcmp(v->name, name))
		v = v->next;
	return v;
}

static void check_lines(struct skep_dwarf *dwarf, const char *path)
{
	const struct skep_dwarf_frame *frame = NULL;

	(void)path;
	assert_ok(skep_dwarf_frames(dwarf, "raw_tp/two",
				    must_find(dwarf, "raw_tp/two", "TWO", "two"), &frame));
	assert_null(frame->caller);
	must_find(dwarf, "raw_tp/one", "PRINT", "one");
	must_find(dwarf, ".text", "OTHER", "other");
}

TEST(instruction_has_its_line_in_each_program)
{
	for_each_object(check_lines);
}

static void check_inlined(struct skep_dwarf *dwarf, const char *path)
{
	const struct skep_dwarf_frame *frame = NULL;
	uint32_t insn = must_find(dwarf, "raw_tp/one", "INNERMOST", "innermost");

	(void)path;
	assert_ok(skep_dwarf_frames(dwarf, "raw_tp/one", insn, &frame));
	assert_true(is_at(frame, "INNERMOST", "innermost"));
	assert_true(is_at(frame->caller, "CALL_INNERMOST", "middle"));
	assert_true(is_at(frame->caller->caller, "CALL_MIDDLE", "one"));
	assert_null(frame->caller->caller->caller);
}

TEST(inlined_calls_are_a_chain_of_callers)
{
	for_each_object(check_inlined);
}

static void check_registers(struct skep_dwarf *dwarf, const char *path)
{
	const struct skep_dwarf_variable *v = find_variable(dwarf, "raw_tp/one", 0, "ctx");

	(void)path;
	assert_non_null(v);
	assert_int_equal(v->place, SKEP_DWARF_REGISTER);
	assert_int_equal(v->reg, 1);
	assert_true(v->is_parameter);
	assert_string_equal(v->type, "void *");
	assert_string_equal(v->function, "one");

	v = find_variable(dwarf, ".text", 0, "number");
	assert_non_null(v);
	assert_int_equal(v->place, SKEP_DWARF_REGISTER);
	assert_int_equal(v->reg, 1);
	assert_string_equal(v->type, "int");

	/* Behind the call that makes it. */
	v = find_variable(dwarf, "raw_tp/two", must_find(dwarf, "raw_tp/two", "TWO", "two") + 2,
			  "now");
	assert_non_null(v);
	assert_int_equal(v->place, SKEP_DWARF_REGISTER);
	assert_int_equal(v->reg, 0);
	assert_false(v->is_parameter);
	assert_string_equal(v->type, "unsigned long long");
}

TEST(variable_in_a_register_is_found)
{
	for_each_object(check_registers);
}

static void check_types(struct skep_dwarf *dwarf, const char *path)
{
	uint32_t insn = must_find(dwarf, "raw_tp/one", "MIDDLE", "middle");
	const struct skep_dwarf_variable *v = find_variable(dwarf, "raw_tp/one", insn, "pair");

	(void)path;
	assert_non_null(v);
	assert_string_equal(v->type, "struct pair *");
	assert_string_equal(v->function, "middle");
	v = find_variable(dwarf, "raw_tp/one", insn, "local");
	assert_non_null(v);
	assert_string_equal(v->type, "struct pair");
	assert_string_equal(v->function, "one");
	v = find_variable(dwarf, "raw_tp/two", 0, "table");
	assert_non_null(v);
	assert_string_equal(v->type, "long *(*)[4]");
}

TEST(types_are_spelled_as_in_c)
{
	for_each_object(check_types);
}

/* What `rN = r10; rN += imm` puts into r1 for the call of a helper, by the code itself. */
static int32_t find_argument(const char *path, const char *section, int32_t helper)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int32_t frame[11] = { 0 }, found = 0;
	Elf_Scn *scn = NULL;
	size_t names;
	Elf *elf;

	elf_version(EV_CURRENT);
	elf = elf_begin(fd, ELF_C_READ, NULL);
	assert_non_null(elf);
	assert_int_equal(elf_getshdrstrndx(elf, &names), 0);
	while ((scn = elf_nextscn(elf, scn))) {
		const struct bpf_insn *insn;
		GElf_Shdr header;
		Elf_Data *data;

		gelf_getshdr(scn, &header);
		if (strcmp(elf_strptr(elf, names, header.sh_name), section))
			continue;
		data = elf_getdata(scn, NULL);
		insn = data->d_buf;
		for (size_t i = 0; i < data->d_size / 8; i++, insn++) {
			if (insn->code == (BPF_ALU64 | BPF_MOV | BPF_X))
				frame[insn->dst_reg] =
					insn->src_reg == 10 ? 0 : frame[insn->src_reg];
			else if (insn->code == (BPF_ALU64 | BPF_ADD | BPF_K))
				frame[insn->dst_reg] += insn->imm;
			else if (insn->code == (BPF_JMP | BPF_CALL) && insn->imm == helper)
				found = frame[1];
		}
	}
	elf_end(elf);
	close(fd);
	return found;
}

static void check_stack(struct skep_dwarf *dwarf, const char *path)
{
	uint32_t insn = must_find(dwarf, "raw_tp/one", "PRINT", "one");
	const struct skep_dwarf_variable *v = find_variable(dwarf, "raw_tp/one", insn, "local");

	assert_non_null(v);
	assert_int_equal(v->place, SKEP_DWARF_STACK);
	assert_int_equal(v->reg, -1);
	/* bpf_trace_printk(local.text, ...), and text is at 4. */
	assert_int_equal(v->offset + 4, find_argument(path, "raw_tp/one", BPF_FUNC_trace_printk));
}

TEST(variable_on_the_stack_is_where_the_code_has_it)
{
	for_each_object(check_stack);
}

static void check_names(struct skep_dwarf *dwarf, const char *path)
{
	uint32_t print = must_find(dwarf, "raw_tp/one", "PRINT", "one");
	const struct skep_dwarf_variable *local =
		find_variable(dwarf, "raw_tp/one", print, "local");
	struct skep_explain_names names;
	int offset;

	(void)path;
	/* Borrowed only until the next question, and the names ask, too. */
	assert_non_null(local);
	offset = (int)local->offset;
	skep_dwarf_names(dwarf, &names);
	assert_string_equal(names.in_register(names.ctx, "raw_tp/one", 0, 1), "ctx");
	assert_string_equal(names.in_register(names.ctx, ".text", 0, 1), "number");
	assert_null(names.in_register(names.ctx, ".text", 0, 5));
	assert_null(names.in_register(names.ctx, "xdp", 0, 1));
	assert_null(names.in_register(names.ctx, ".text", 100000, 1));
	assert_string_equal(names.on_stack(names.ctx, "raw_tp/one", print, offset), "local");
	assert_null(names.on_stack(names.ctx, "raw_tp/one", print, offset - 8));
}

TEST(explanations_are_told_the_names_of_variables)
{
	for_each_object(check_names);
}

static void check_misses(struct skep_dwarf *dwarf, const char *path)
{
	const struct skep_dwarf_variable *v = NULL;
	const struct skep_dwarf_frame *frame = NULL;

	(void)path;
	assert_error(skep_dwarf_frames(dwarf, "xdp", 0, &frame), ENOENT);
	assert_non_null(strstr(skep_error_last()->message, "'xdp'"));
	assert_error(skep_dwarf_variables(dwarf, ".debug_info", 0, &v), ENOENT);
	assert_error(skep_dwarf_frames(dwarf, "raw_tp/two", 100000, &frame), ERANGE);
	assert_null(frame);
	assert_null(v);
}

TEST(what_is_not_there_is_said_so)
{
	for_each_object(check_misses);
}

/* A copy of the object, to be damaged. */
static unsigned char *read_object(const char *path, size_t *bytes)
{
	unsigned char *data = malloc(1 << 20);
	FILE *f = fopen(path, "re");

	assert_non_null(f);
	assert_non_null(data);
	*bytes = fread(data, 1, 1 << 20, f);
	fclose(f);
	return data;
}

static void check_refused(struct skep_dwarf *ignored, const char *path)
{
	struct skep_dwarf *dwarf = NULL;
	size_t bytes;
	unsigned char *data = read_object(path, &bytes);

	(void)ignored;
	data[EI_DATA] = data[EI_DATA] == ELFDATA2LSB ? ELFDATA2MSB : ELFDATA2LSB;
	assert_true(skep_dwarf_open_mem(&dwarf, data, bytes) < 0);
	assert_error(skep_dwarf_open_mem(&dwarf, "int main(void);", 15), EINVAL);
	assert_error(skep_dwarf_open_mem(&dwarf, "", 0), EINVAL);
	assert_error(skep_dwarf_open(&dwarf, "/proc/self/exe"), EINVAL);
	assert_error(skep_dwarf_open(&dwarf, "/no/such.o"), ENOENT);
	assert_error(skep_dwarf_open(&dwarf, "/dev/zero"), EINVAL);
	assert_error(skep_dwarf_open(&dwarf, test_file("no-debug.o")), ENOENT);
	assert_error(skep_dwarf_open(&dwarf, test_file("compressed.o")), EOPNOTSUPP);
	assert_null(dwarf);
	free(data);
}

TEST(what_is_no_object_with_dwarf_is_refused)
{
	for_each_object(check_refused);
}

/* Asks everything, and reads every string of the answers. */
static size_t ask_all(const void *data, size_t bytes)
{
	static const char *const sections[] = { "raw_tp/one", "raw_tp/two", ".text" };
	SKEP_AUTO(skep_dwarf) *dwarf = NULL;
	size_t read = 0;

	if (skep_dwarf_open_mem(&dwarf, data, bytes))
		return 0;
	for (size_t i = 0; i < 3; i++) {
		for (uint32_t insn = 0; insn < 48; insn += 3) {
			const struct skep_dwarf_frame *frame = NULL;
			const struct skep_dwarf_variable *v = NULL;

			if (skep_dwarf_frames(dwarf, sections[i], insn, &frame))
				frame = NULL;
			for (; frame; frame = frame->caller)
				read += strlen(frame->file) + strlen(frame->function);
			if (skep_dwarf_variables(dwarf, sections[i], insn, &v))
				v = NULL;
			for (; v; v = v->next)
				read += strlen(v->name) + strlen(v->type) + strlen(v->function);
		}
	}
	return read;
}

static uint64_t random_state;

static uint32_t next_random(uint32_t below)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (uint32_t)(random_state >> 20) % below;
}

static void damage(unsigned char *data, size_t bytes)
{
	for (uint32_t n = next_random(8) + 1; n; n--) {
		size_t at = next_random((uint32_t)bytes);

		switch (next_random(4)) {
		case 0:
			data[at] ^= (unsigned char)(1U << next_random(8));
			break;
		case 1:
			data[at] = 0xff;
			break;
		case 2:
			data[at] = 0;
			break;
		default:
			data[at] = (unsigned char)next_random(256);
			break;
		}
	}
}

static void check_damaged(struct skep_dwarf *ignored, const char *path)
{
	const int rounds = test_is_full() ? 10000 : 400;
	size_t bytes;
	unsigned char *whole = read_object(path, &bytes), *copy = malloc(bytes);

	(void)ignored;
	assert_true(ask_all(whole, bytes) > 0);
	for (size_t cut = 0; cut < bytes; cut += 128)
		ask_all(whole, cut);
	random_state = 0x9e3779b97f4a7c15;
	for (int i = 0; i < rounds; i++) {
		memcpy(copy, whole, bytes);
		damage(copy, bytes);
		ask_all(copy, bytes);
	}
	free(copy);
	free(whole);
}

TEST(damaged_objects_do_no_harm)
{
	for_each_object(check_damaged);
}
