/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Lines, and what loaders and loggers put around them. */
#include "harness/test.h"

#include "verifier/log/lines.h"
#include "verifier/log/unwrap.h"

static void assert_span(struct skep_span span, const char *text)
{
	assert_int_equal(span.length, strlen(text));
	assert_memory_equal(span.at, text, span.length);
}

static void assert_unwraps(const char *line, const char *to)
{
	assert_span(skep_unwrap(skep_span_of(line)), to);
}

TEST(marks_of_loaders_are_taken_off)
{
	assert_unwraps("libbpf: R1 !read_ok\r", "R1 !read_ok");
	assert_unwraps("\tR1 !read_ok", "R1 !read_ok");
	assert_unwraps("[   12.345678] bpftool: R1 !read_ok", "R1 !read_ok");
	assert_unwraps("Verifier output: R1 !read_ok", "R1 !read_ok");
	assert_unwraps("the BPF_PROG_LOAD syscall failed. Verifier output: 0: R1=ctx() R10=fp0",
		       "0: R1=ctx() R10=fp0");
}

TEST(timestamps_are_taken_off)
{
	assert_unwraps("2024-05-01T10:20:30.123+02:00 libbpf: R1 !read_ok", "R1 !read_ok");
	assert_unwraps("2024/05/01 10:20:30 R1 !read_ok", "R1 !read_ok");
	assert_unwraps("May  1 10:20:30 host tool[12]: R1 !read_ok", "R1 !read_ok");
}

TEST(lines_of_the_verifier_stay_as_they_are)
{
	assert_unwraps("10: (b7) r0 = 0", "10: (b7) r0 = 0");
	assert_unwraps("; x = 2024-05-01 libbpf: ", "; x = 2024-05-01 libbpf:");
	assert_unwraps("", "");
	assert_unwraps("[", "[");
}

TEST(each_line_has_its_kind)
{
	static const struct {
		const char *line;
		enum skep_line_kind kind;
	} rows[] = {
		{ "7: (85) call bpf_map_lookup_elem#1  ; R0=map_value()", SKEP_LINE_INSN },
		{ "7: R0=map_value() R10=fp0", SKEP_LINE_STATE },
		{ "7: frame1: R1=ctx()", SKEP_LINE_STATE },
		{ "caller:", SKEP_LINE_STATE },
		{ "old state: R0=1", SKEP_LINE_STATE },
		{ "from 5 to 9: R0=0", SKEP_LINE_FROM },
		{ "from 5 to 9: safe", SKEP_LINE_FROM },
		{ "; c->hits++; @ x.bpf.c:11", SKEP_LINE_SOURCE },
		{ "func#0 @0", SKEP_LINE_NOTE },
		{ "frame 0: propagating r1", SKEP_LINE_NOTE },
		{ "mark_precise: frame0: last_idx 5 first_idx 0", SKEP_LINE_NOTE },
		{ "processed 9 insns (limit 1000000) max_states_per_insn 0", SKEP_LINE_PROCESSED },
		{ "verification time 12 usec", SKEP_LINE_STATS },
		{ "Verification failed: Memory Safety: Access outside bounds", SKEP_LINE_REPORT },
		{ "prog 'x': BPF program load failed: Permission denied", SKEP_LINE_LOADER },
		{ "frame pointer is read only", SKEP_LINE_TEXT },
		{ "R1 !read_ok", SKEP_LINE_TEXT },
		{ "R0 invalid mem access 'map_value_or_null'", SKEP_LINE_TEXT },
		{ "", SKEP_LINE_BLANK },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (skep_line_kind(skep_span_of(rows[i].line)) != rows[i].kind)
			fail_msg("%s", rows[i].line);
}

static struct skep_lines split(const char *text)
{
	struct skep_lines lines = { 0 };

	assert_ok(skep_lines_split(&lines, text, strlen(text)));
	return lines;
}

TEST(an_error_glued_to_the_last_line_is_a_line_of_its_own)
{
	struct skep_lines lines = split("expected prog array map for tail callprocessed 4 insns "
					"(limit 1000000) max_states_per_insn 0\n");

	assert_int_equal(lines.count, 2);
	assert_span(lines.at[0].text, "expected prog array map for tail call");
	assert_int_equal(lines.at[0].kind, SKEP_LINE_TEXT);
	assert_int_equal(lines.at[1].kind, SKEP_LINE_PROCESSED);
	skep_lines_free(&lines);
}

TEST(a_report_ends_where_the_margin_says_something_else)
{
	struct skep_lines lines = split("Verification failed: A: B\n\nReason:\n  because.\n\n"
					"Suggestion:\n  Do not.\n\n"
					"bpf_throw would lead to reference leak\n");

	assert_int_equal(lines.at[3].kind, SKEP_LINE_REPORT);
	assert_int_equal(lines.at[6].kind, SKEP_LINE_REPORT);
	assert_int_equal(lines.at[8].kind, SKEP_LINE_TEXT);
	skep_lines_free(&lines);
}

/* Linux 7.3 lists the program at level 2, before it walks it. */
TEST(a_listing_is_not_the_way_that_was_taken)
{
	struct skep_lines lines = split("subprog#0 f:\n  0: (61) r2 = *(u32 *)(r1 +0)\n"
					"  1: (95) exit\nstack use/def subprog#0 f (d0,cs0):\n"
					"  0: (61) r2 = *(u32 *)(r1 +0)\n"
					"0: R1=ctx() R10=fp0\n; return 0; @ x.c:3\n"
					"0: (61) r2 = *(u32 *)(r1 +0)\n");

	for (size_t i = 0; i < 5; i++)
		assert_int_equal(lines.at[i].kind, SKEP_LINE_NOTE);
	assert_int_equal(lines.at[5].kind, SKEP_LINE_STATE);
	assert_int_equal(lines.at[7].kind, SKEP_LINE_INSN);
	skep_lines_free(&lines);
}

TEST(lines_that_only_look_like_wrapped_ones_stay)
{
	assert_unwraps("func-1 is |", "func-1 is |");
	assert_unwraps("10:20", "10:20");
	assert_unwraps("E0501", "E0501");
	assert_unwraps("msg=\"", "");
	assert_unwraps("level=", "level=");
	assert_unwraps("\033[", "\033[");
	assert_unwraps("\033[31", "\033[31");
	assert_unwraps("\033[31m\033[0m", "");
	assert_unwraps("19 | return 0;", "19 | return 0;");
	assert_unwraps("the program failed. Verifier output: ",
		       "the program failed. Verifier output:");
}
