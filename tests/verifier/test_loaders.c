/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What loaders, loggers and sites for tests make of a log, and what they say where there is none. */
#include "harness/test.h"

#include <skep/verifier.h>

static const char *const refused[] = {
	"0: R1=ctx() R10=fp0",
	"; int on_exec(void *ctx) @ x.bpf.c:3",
	"0: (85) call bpf_get_prandom_u32#7    ; R0=scalar()",
	"; if (*(int *)x < 5) @ x.bpf.c:5",
	"1: (61) r0 = *(u32 *)(r0 +0)",
	"R0 invalid mem access 'scalar'",
	"processed 2 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0",
};

#define LINES (sizeof(refused) / sizeof(refused[0]))

static struct skep_explanation *explain(const char *text)
{
	struct skep_explanation *explanation = NULL;

	assert_ok(skep_explain(&explanation, text, strlen(text), NULL));
	return explanation;
}

static void assert_code(const char *text, const char *code)
{
	struct skep_explanation *explanation = explain(text);
	const struct skep_diagnostic *d = skep_explanation_diagnostic(explanation, 0);

	if (skep_explanation_count(explanation) != 1 || strcmp(d->code, code))
		fail_msg("%zu, %s, not %s: %s", skep_explanation_count(explanation),
			 d ? d->code : "nothing", code, text);
	skep_explanation_free(explanation);
}

/* The log above is found, with its place, where each of its lines is put into `format`. */
static void assert_found_in(const char *before, const char *after)
{
	char text[2048];
	size_t used = 0;
	struct skep_explanation *explanation;
	const struct skep_diagnostic *d;

	for (size_t i = 0; i < LINES; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s%s\n", before,
					 refused[i], after);
	explanation = explain(text);
	d = skep_explanation_diagnostic(explanation, 0);
	if (!d || strcmp(d->code, "SKEP-V010") || d->primary.line != 5 || d->primary.insn != 1)
		fail_msg("%s: %s line %u", before, d ? d->code : "nothing",
			 d ? d->primary.line : 0);
	assert_string_equal(d->primary.text, "if (*(int *)x < 5)");
	skep_explanation_free(explanation);
}

TEST(logs_are_found_behind_what_stands_before_each_line)
{
	assert_found_in("", "");
	assert_found_in("\033[31m", "\033[0m");
	assert_found_in("\033[2m2024-05-01T10:20:30Z \033[1;31m", "\033[0m\r");
	assert_found_in("2024-05-01T10:20:30.1234567Z ", "");
	assert_found_in("2024-05-01T10:20:30.1234567Z ##[error]", "");
	assert_found_in("build\tRun the tests\t2024-05-01T10:20:30.1234567Z ", "");
	assert_found_in("agent-1  | ", "");
	assert_found_in("agent_1 | libbpf: ", "");
	assert_found_in("E0501 10:20:30.123456       1 main.go:12] ", "");
	assert_found_in("2024/05/01 10:20:30 ", "");
	assert_found_in("10:20:30.123 ", "");
	assert_found_in("May 01 10:20:30 host agent[123]: ", "");
	assert_found_in("2024-05-01T10:20:30+0200 host agent[123]: ", "");
	assert_found_in("[pod/agent-x2vq/main] ", "");
	assert_found_in("[2024-05-01T10:20:30Z ERROR agent] ", "");
	assert_found_in("level=warning msg=\"", "\" subsys=loader");
	assert_found_in("time=\"2024-05-01T10:20:30Z\" level=error msg=\"\\t", "\"");
	assert_found_in("    load_test.go:238: \t", "");
	assert_found_in("> ", "");
}

static size_t escape(char *out, size_t room, const char *newline)
{
	size_t used = 0;

	for (size_t i = 0; i < LINES; i++) {
		for (const char *at = refused[i]; *at; at++)
			used += (size_t)snprintf(out + used, room - used, "%s",
						 *at == '<' ? "\\u003c" : (char[2]){ *at, 0 });
		used += (size_t)snprintf(out + used, room - used, "%s", newline);
	}
	return used;
}

TEST(a_log_in_one_line_of_another_log_is_unfolded)
{
	char log[2048], text[4096];
	struct skep_explanation *explanation;
	const struct skep_diagnostic *d;

	escape(log, sizeof(log), "\\n\\t");
	snprintf(text, sizeof(text),
		 "{\"level\":\"info\",\"msg\":\"start\\n\"}\n"
		 "{\"level\":\"error\",\"msg\":\"load program: permission denied:\\n\\t%s\"}\n"
		 "{\"level\":\"info\",\"msg\":\"ends\\n\"}\n",
		 log);
	explanation = explain(text);
	d = skep_explanation_diagnostic(explanation, 0);
	assert_non_null(d);
	assert_string_equal(d->code, "SKEP-V010");
	assert_int_equal(d->primary.line, 5);
	assert_string_equal(d->primary.text, "if (*(int *)x < 5)");
	skep_explanation_free(explanation);
}

/* `bpf_printk("a\n")` is quoted as it is. */
TEST(escapes_in_quoted_source_are_left)
{
	struct skep_explanation *explanation =
		explain("; bpf_printk(\"a\\nb\\n\"); @ x.bpf.c:5\n"
			"0: (61) r0 = *(u32 *)(r0 +0)\nR0 invalid mem access 'scalar'\n"
			"processed 1 insns (limit 1000000) max_states_per_insn 0\n");
	const struct skep_diagnostic *d = skep_explanation_diagnostic(explanation, 0);

	assert_string_equal(d->primary.text, "bpf_printk(\"a\\nb\\n\");");
	skep_explanation_free(explanation);
}

TEST(sums_of_loaders_are_read)
{
	assert_code("field Prog: program on_exec: load program: permission denied: 12: (61) r0 = "
		    "*(u32 *)(r0 +0): R0 invalid mem access 'map_value_or_null' (14 line(s) "
		    "omitted)\n",
		    "SKEP-V001");
	assert_code("loading: program f: apply CO-RE relocations: byte_off: no match: bad relo\n",
		    "SKEP-V813");
	assert_code("creating: map events: map create: operation not permitted (MEMLOCK may be too "
		    "low, consider rlimit.RemoveMemlock)\n",
		    "SKEP-V305");
	assert_code("map events: map create: ring buffer not supported (requires >= v5.8)\n",
		    "SKEP-V815");
}

TEST(refusals_without_a_log_say_that_there_is_none)
{
	assert_code("libbpf: prog 'x': BPF program load failed: Invalid argument\n"
		    "libbpf: prog 'x': failed to load: -22\n"
		    "libbpf: failed to load object 'x.bpf.o'\n",
		    "SKEP-V816");
	assert_code("Error: failed to load object file\n", "SKEP-V816");
	assert_code("program f: load program: invalid argument\n", "SKEP-V816");
	assert_code("Error: the BPF_PROG_LOAD syscall failed. Verifier output: \n", "SKEP-V816");
	assert_code("ERROR: Error loading program: tracepoint:syscalls:sys_enter_execve (try -v)\n",
		    "SKEP-V816");
	assert_code("bpf: Failed to load program: Invalid argument\n\nTraceback (most recent call "
		    "last):\n",
		    "SKEP-V816");
	assert_code("libbpf: prog 'x': BPF program load failed: Operation not permitted\n"
		    "libbpf: prog 'x': failed to load: -1\n",
		    "SKEP-V305");
	assert_code("libbpf: permission error while running as root; try raising 'ulimit -l'? "
		    "current value: 64.0 KiB\n",
		    "SKEP-V305");
}

TEST(a_small_buffer_is_told)
{
	struct skep_explanation *explanation =
		explain("libbpf: prog 'x': BPF program load failed: No space left on device\n");
	const struct skep_diagnostic *d = skep_explanation_diagnostic(explanation, 0);

	assert_non_null(strstr(d->message, "buffer"));
	skep_explanation_free(explanation);
}

/* What a loader adds behind a log is not a second refusal. */
TEST(words_behind_a_log_are_no_refusal_of_their_own)
{
	char text[2048];
	size_t used = 0;

	for (size_t i = 0; i < LINES; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s\n", refused[i]);
	snprintf(text + used, sizeof(text) - used,
		 "-- END PROG LOAD LOG --\nlibbpf: prog 'x': failed to load: -13\n"
		 "libbpf: failed to load object 'x.bpf.o'\nError: failed to load object file\n");
	assert_code(text, "SKEP-V010");
	/* Nor is it one where the log says that the program was accepted. */
	snprintf(text, sizeof(text),
		 "0: (95) exit\nprocessed 1 insns (limit 1000000) max_states_per_insn 0\n"
		 "libbpf: failed to load object 'x.bpf.o'\n");
	used = strlen(text);
	{
		struct skep_explanation *explanation = explain(text);

		assert_int_equal(skep_explanation_count(explanation), 0);
		skep_explanation_free(explanation);
	}
}

TEST(marks_that_libbpf_leaves_in_a_program_are_known)
{
	static const char format[] = "0: (85) call unknown#%s\n%s func unknown#%s\n"
				     "processed 1 insns (limit 1000000) max_states_per_insn 0\n";
	static const struct {
		const char *number, *code;
	} rows[] = {
		{ "195896080", "SKEP-V813" },
		{ "2001000003", "SKEP-V901" },
		{ "2002000000", "SKEP-V404" },
		{ "212", "SKEP-V403" },
	};
	char text[512];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(text, sizeof(text), format, rows[i].number, "invalid", rows[i].number);
		assert_code(text, rows[i].code);
		snprintf(text, sizeof(text), format, rows[i].number, "unknown", rows[i].number);
		assert_code(text, rows[i].code);
	}
}

TEST(refusals_of_libbpf_itself_are_known)
{
	static const struct {
		const char *line, *code;
	} rows[] = {
		{ "DATASEC '.maps' not found.", "SKEP-V810" },
		{ "BTF is required, but is missing or corrupted.", "SKEP-V810" },
		{ "map 'm': can't determine value size for type [95]: -22.", "SKEP-V901" },
		{ "map 'm': map type isn't specified.", "SKEP-V901" },
		{ "couldn't reuse pinned map at '/sys/fs/bpf/m': parameter mismatch", "SKEP-V901" },
		{ "struct_ops init_kern: struct x_ops is not found in kernel BTF", "SKEP-V812" },
		{ "struct_ops init_kern x_ops: Cannot find member go in kernel BTF", "SKEP-V812" },
		{ "failed to find BTF info for global/extern symbol 'x'", "SKEP-V902" },
		{ "relocation against STT_SECTION in non-exec section is not supported!",
		  "SKEP-V902" },
		{ "elf: legacy map definitions in 'maps' section are not supported by libbpf v1.0+",
		  "SKEP-V902" },
		{ "sec 'xdp': corrupted program 'x', offset 0, size 12", "SKEP-V902" },
		{ "sec 'xdp': program 'x' is static and not supported", "SKEP-V902" },
		{ "prog 'x': bad map relo against 'm' in section '.data'", "SKEP-V902" },
		{ "prog 'x': relo #0: target candidate search failed for [3] struct s: -2",
		  "SKEP-V813" },
		{ "failed to resolve CO-RE relocation <byte_off> [3] struct s.f (0:1 @ offset 4)",
		  "SKEP-V813" },
		{ "kernel doesn't support program type 'ext'", "SKEP-V815" },
		{ "extern (kcfg) 'CONFIG_X': type is unsupported", "SKEP-V815" },
		{ "extern 'x' (strong): not resolved", "SKEP-V404" },
		{ "prog 'x': missing BPF prog type, check ELF section name 'abc'", "SKEP-V812" },
	};
	char text[512];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(text, sizeof(text), "libbpf: %s\nlibbpf: failed to load object 'x'\n",
			 rows[i].line);
		assert_code(text, rows[i].code);
	}
}

/* Neither the kernel nor its memory has a part in it. */
TEST(a_pin_of_another_map_and_an_arena_without_address_are_said_with_what_to_do)
{
	static const struct {
		const char *line, *message, *fix;
	} rows[] = {
		{ "couldn't reuse pinned map at '/sys/fs/bpf/m': parameter mismatch",
		  "the map that is pinned at /sys/fs/bpf/m has another kind",
		  "skep_object_migrate_map()" },
		{ "map 'm': failed to auto-pin at '/x/m': -22", "could not be pinned at /x/m",
		  "mount -t bpf" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[512];
		struct skep_explanation *explanation;
		const struct skep_diagnostic *d;

		snprintf(text, sizeof(text), "libbpf: %s\nlibbpf: failed to load object 'x'\n",
			 rows[i].line);
		explanation = explain(text);
		d = skep_explanation_diagnostic(explanation, 0);
		assert_string_equal(d->code, "SKEP-V901");
		assert_non_null(strstr(d->message, rows[i].message));
		assert_true(d->fix_count > 0);
		assert_non_null(strstr(d->fixes[0].text, rows[i].fix));
		skep_explanation_free(explanation);
	}
}

/* A refused BTF is listed type by type: the last line is the error. */
TEST(the_type_that_is_refused_is_the_message)
{
	struct skep_explanation *explanation =
		explain("libbpf: Error loading BTF: Invalid argument(22)\nlibbpf: magic: 0xeb9f\n"
			"version: 1\n[1] INT int size=4 bits_offset=0 nr_bits=32 encoding=SIGNED\n"
			"[2] STRUCT s size=4 vlen=1\n\ta$b type_id=1 bits_offset=0 Invalid name\n\n"
			"-- END BTF LOAD LOG --\nlibbpf: failed to load object 'x'\n");
	const struct skep_diagnostic *d = skep_explanation_diagnostic(explanation, 0);

	assert_string_equal(d->code, "SKEP-V811");
	assert_string_equal(d->kernel_message, "a$b type_id=1 bits_offset=0 Invalid name");
	skep_explanation_free(explanation);
}
