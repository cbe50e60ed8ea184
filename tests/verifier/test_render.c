/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* How a diagnostic looks on a terminal: marks, order, long lines, strange text, fixes, the story. */
#include "harness/test.h"

#include <skep/verifier.h>

static char *text_of(const struct skep_diagnostic *d, unsigned columns, unsigned verbose,
		     bool color)
{
	char *text = NULL;

	assert_ok(skep_diagnostic_text(&text, d,
				       SKEP_OPTS(skep_diagnostic_text_opts, .color = color,
						 .columns = columns, .verbose = verbose)));
	assert_non_null(text);
	return text;
}

#define assert_has(text, part)                                                                     \
	do {                                                                                       \
		if (!strstr((text), (part)))                                                       \
			fail_msg("no\n%s\nin\n%s", (part), (text));                                \
	} while (0)

static struct skep_diagnostic plain(void)
{
	return (struct skep_diagnostic){
		.code = "SKEP-V001",
		.name = "maybe-null-dereference",
		.program = "on_exec",
		.kernel_message = "R0 invalid mem access 'map_value_or_null'",
		.message = "`c` may be NULL here",
		.explanation = "It may be NULL.",
		.confidence = SKEP_CONFIDENCE_EXACT,
		.primary = { .insn = 8,
			     .line = 11,
			     .file = "x.bpf.c",
			     .text = "total += c->hits;",
			     .asm_text = "r1 = *(u64 *)(r0 +0)" },
	};
}

static const struct skep_cause causes[] = {
	{ { .insn = 6,
	    .line = 10,
	    .file = "x.bpf.c",
	    .text = "if (zero > limit) {",
	    .asm_text = "if r1 > r2 goto pc+1" },
	  "this check does not help" },
	{ { .insn = 5, .line = 7, .file = "x.bpf.c", .text = "c = lookup(&m, f(1, 2)); /* x */" },
	  "lookup() returns NULL when the key is absent" },
};

TEST(names_calls_and_conditions_are_underlined)
{
	struct skep_diagnostic d = plain();
	char *text;

	d.causes = causes;
	d.cause_count = 2;
	text = text_of(&d, 100, 0, false);
	assert_has(text,
		   "error[SKEP-V001]: `c` may be NULL here\n"
		   "  --> x.bpf.c:11, instruction 8, program on_exec\n"
		   "   |\n"
		   " 7 | c = lookup(&m, f(1, 2)); /* x */\n"
		   "   |     ------------------- lookup() returns NULL when the key is absent\n"
		   "...\n"
		   "10 | if (zero > limit) {\n"
		   "   |     ------------ this check does not help\n"
		   "11 | total += c->hits;\n"
		   "   |          ^ R0 invalid mem access 'map_value_or_null'\n"
		   "   |\n"
		   "  It may be NULL.\n");
	free(text);
}

TEST(where_the_message_names_nothing_the_fix_does)
{
	const struct skep_fix fix = { .text = "check `slot` before it is used" };
	struct skep_diagnostic d = plain();
	char *text;

	d.message = "reads too far";
	d.primary.text = "c->slots[slot]++;";
	d.fixes = &fix;
	d.fix_count = 1;
	text = text_of(&d, 80, 0, false);
	assert_has(text, "11 | c->slots[slot]++;\n   |          ^^^^ R0 invalid");
	free(text);
	d.fix_count = 0;
	text = text_of(&d, 80, 0, false);
	assert_has(text, "11 | c->slots[slot]++;\n   | ^^^^^^^^^^^^^^^^ R0 invalid");
	free(text);
}

TEST(a_cause_behind_the_refused_line_stands_behind_it)
{
	struct skep_diagnostic d = plain();
	struct skep_cause cause = causes[0];
	char *text;

	cause.place.line = 12;
	d.causes = &cause;
	d.cause_count = 1;
	text = text_of(&d, 100, 0, false);
	assert_true(strstr(text, "total += c->hits;") < strstr(text, "if (zero > limit)"));
	free(text);

	/* Without numbers of lines the order is that of time. */
	cause.place.line = d.primary.line = 0;
	text = text_of(&d, 100, 0, false);
	assert_true(strstr(text, "total += c->hits;") > strstr(text, "if (zero > limit)"));
	free(text);
}

TEST(another_file_is_named)
{
	struct skep_diagnostic d = plain();
	struct skep_cause cause = causes[0];
	char *text;

	cause.place.file = "lib/y.h";
	d.causes = &cause;
	d.cause_count = 1;
	text = text_of(&d, 100, 0, false);
	assert_has(text, "10 | if (zero > limit) {");
	assert_has(text, " ::: lib/y.h\n10 | if");
	assert_has(text, " ::: x.bpf.c\n11 | total");
	free(text);
}

TEST(assembly_says_which_of_its_instructions_is_meant)
{
	struct skep_diagnostic d = plain();
	struct skep_cause cause = { { .insn = 3,
				      .line = 11,
				      .file = "x.bpf.c",
				      .text = "asm volatile (\"",
				      .asm_text = "r2 |= 24" },
				    "the size is computed here: 58" };
	char *text;

	d.primary.text = cause.place.text;
	d.causes = &cause;
	d.cause_count = 1;
	text = text_of(&d, 120, 0, false);
	assert_has(text, "-- 3: `r2 |= 24`: the size is computed here: 58\n");
	assert_has(text, "^^ 8: `r1 = *(u64 *)(r0 +0)`: R0 invalid mem access");
	free(text);
}

TEST(a_long_line_is_cut_around_what_is_marked)
{
	struct skep_diagnostic d = plain();
	char line[1024] = "", *text;

	for (int i = 0; i < 20; i++)
		strcat(line, "first_argument(a, b), ");
	strcat(line, "c->hits");
	for (int i = 0; i < 20; i++)
		strcat(line, ", another_argument(d)");
	d.primary.text = line;
	text = text_of(&d, 60, 0, false);
	assert_has(text, "11 | ...");
	assert_has(text, "c->hits, another");
	assert_has(text, "...\n   |");
	/* The mark is under its name. */
	{
		const char *shown = strstr(text, "11 | "), *mark = strchr(shown, '\n') + 1;

		assert_int_equal(strchr(mark, '^') - mark, strstr(shown, "c->hits") - shown);
	}
	free(text);
}

static const struct skep_step_taken way[] = {
	{ .place = { .insn = 0, .line = 5, .text = "unrelated();", .asm_text = "r3 = 7" } },
	{ .place = { .insn = 1,
		     .line = 7,
		     .text = "c = lookup(&m, &k);",
		     .asm_text = "call bpf_map_lookup_elem#1" },
	  .after = "R0=map_value_or_null(id=1,ks=4,vs=8)" },
	{ .place = { .insn = 2, .line = 7, .text = "c = lookup(&m, &k);", .asm_text = "r6 = r0" } },
	{ .place = { .insn = 3,
		     .line = 8,
		     .text = "if (x)",
		     .asm_text = "if r7 == 0x0 goto pc+1" } },
	{ .place = { .insn = 5,
		     .line = 9,
		     .text = "spilled",
		     .asm_text = "*(u64 *)(r10 -8) = r6" } },
	{ .place = { .insn = 6,
		     .line = 9,
		     .text = "spilled",
		     .asm_text = "r1 = *(u64 *)(r10 -8)" } },
	{ .place = { .insn = 8,
		     .line = 11,
		     .text = "c->hits",
		     .asm_text = "r1 = *(u64 *)(r1 +0)" } },
};

/* Columns of a line, where each code point is one. */
static int widest(const char *text)
{
	int columns = 0, most = 0;

	for (; *text; text++) {
		if (*text == '\n')
			columns = 0;
		else if (((unsigned char)*text & 0xc0) != 0x80)
			columns++;
		most = columns > most ? columns : most;
	}
	return most;
}

TEST(no_line_is_wider_than_the_page)
{
	static const char *const lines[] = {
		"c->hits",
		"\tint x = some_function_with_a_long_name(argument, argument) + c->hits;",
		"\xc3\xa4\xc3\xb6\xc3\xbc \xc3\xa4\xc3\xb6\xc3\xbc \xc3\xa4\xc3\xb6\xc3\xbc c->hits "
		"\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6\xc3\xbc",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	};
	struct skep_diagnostic d = plain();

	d.kernel_message =
		"a_word_that_is_longer_than_forty_columns_are_and_goes_on_and_on_and_on end";
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		for (unsigned columns = 40; columns < 130; columns += 7) {
			char *text;

			d.primary.text = lines[i];
			text = text_of(&d, columns, 2, false);
			if (widest(text) > (int)columns)
				fail_msg("%d columns, not %u:\n%s", widest(text), columns, text);
			free(text);
		}
}

TEST(text_cannot_move_the_cursor)
{
	struct skep_diagnostic d = plain();
	/* An escape, C1's CSI as UTF-8 and as a byte, a bidi override, overlong and cut UTF-8. */
	static const char bad[] = "c \033[2J \xc2\x9b"
				  "31m \x9b \xe2\x80\xae \xc0\xaf \r \xf0\x9f";
	static const char *const absent[] = { "\033", "\xc2\x9b", "\x9b", "\xe2\x80\xae",
					      "\xc0", "\r",       "\xf0" };
	char *text;

	d.message = d.kernel_message = d.program = d.explanation = bad;
	d.primary.text = d.primary.file = d.primary.function = bad;
	text = text_of(&d, 80, 2, false);
	for (size_t i = 0; i < sizeof(absent) / sizeof(absent[0]); i++)
		assert_null(strstr(text, absent[i]));
	free(text);
}

TEST(wide_characters_and_tabs_keep_the_mark_in_place)
{
	struct skep_diagnostic d = plain();
	char *text;

	d.primary.text = "/* \xe6\xbc\xa2\xe5\xad\x97 */\tc->hits++;";
	text = text_of(&d, 80, 0, false);
	/* 3 + 2 * 2 + 4 columns before the name. */
	assert_has(text, "\n   |            ^ R0");
	free(text);
}

TEST(color_is_only_added)
{
	struct skep_diagnostic d = plain();
	char *with, *without, *to;

	d.causes = causes;
	d.cause_count = 2;
	with = to = text_of(&d, 90, 0, true);
	without = text_of(&d, 90, 0, false);
	assert_has(with, "\033[1;31merror");
	for (const char *from = with; *from;) {
		if (*from == '\033')
			from += strcspn(from, "m") + 1;
		else
			*to++ = *from++;
	}
	*to = 0;
	assert_string_equal(with, without);
	free(with);
	free(without);
}

TEST(several_fixes_are_numbered_and_placed_ones_are_a_diff)
{
	const struct skep_edit edits[] = {
		{ "x.bpf.c", 11, 1, "\tif (!c)\n\t\treturn 0;\n" },
	};
	const struct skep_fix fixes[] = {
		{ .text = "check it",
		  .code = "if (!c)\n\treturn 0;",
		  .edits = edits,
		  .edit_count = 1 },
		{ .text = "do not", .code = "x();\ny();" },
		{ .text = "with context",
		  .edits = edits,
		  .edit_count = 1,
		  .patch =
			  "--- a/x.bpf.c\n+++ b/x.bpf.c\n@@ -9,4 +9,5 @@\n \tfar\n \tnear\n-\told\n"
			  "+\tnew\n+\tnewer\n \tbehind\n" },
	};
	struct skep_diagnostic d = plain();
	char *text;

	d.fixes = fixes;
	d.fix_count = 3;
	text = text_of(&d, 80, 0, false);
	assert_has(text, "help 1: check it\n"
			 "   |\n"
			 "11 - total += c->hits;\n"
			 "11 +         if (!c)\n"
			 "12 +                 return 0;\n"
			 "help 2: do not\n"
			 "   |   x();\n"
			 "   |   y();\n"
			 "help 3: with context\n"
			 "   |\n"
			 "10 |         near\n"
			 "11 -         old\n"
			 "11 +         new\n"
			 "12 +         newer\n"
			 "13 |         behind\n");
	free(text);
	d.fix_count = 1;
	text = text_of(&d, 80, 0, false);
	assert_has(text, "\nhelp: check it\n");
	free(text);
}

TEST(the_story_follows_the_refused_register_only)
{
	struct skep_diagnostic d = plain();
	char *text;

	d.kernel_message = "R1 invalid mem access 'map_value_or_null'";
	d.steps = way;
	d.step_count = sizeof(way) / sizeof(way[0]);
	text = text_of(&d, 100, 0, false);
	assert_null(strstr(text, "came here"));
	free(text);
	text = text_of(&d, 100, 1, false);
	assert_has(
		text,
		"came here:\n"
		"   |\n"
		" 7 | c = lookup(&m, &k);\n"
		"   |      1: R0 is what bpf_map_lookup_elem() returned: a map's value, or NULL\n"
		"   |      2: R6 is a copy of R0\n"
		" 8 | if (x)\n"
		"   |      3: the branch is taken\n"
		" 9 | spilled\n"
		"   |      5: R6 is put on the stack, at r10-8\n"
		"   |      6: R1 is read back from the stack, r10-8\n"
		"11 | c->hits\n"
		"   |      8: refused\n");
	assert_null(strstr(text, "unrelated"));
	free(text);
	text = text_of(&d, 100, 2, false);
	assert_has(text, "unrelated");
	assert_has(text, "      0: r3 = 7\n");
	assert_has(text, "R0=map_value_or_null(id=1,ks=4,vs=8)");
	free(text);
}

/* What a cause leans on is in the story, also where it is not the refused register. */
TEST(the_story_has_what_the_causes_lean_on)
{
	static const struct skep_step_taken steps[] = {
		{ .place = { .insn = 1, .line = 5, .text = "size = 34;", .asm_text = "r2 = 34" } },
		{ .place = { .insn = 2,
			     .line = 6,
			     .text = "size |= 24;",
			     .asm_text = "r2 |= 24" } },
		{ .place = { .insn = 7, .asm_text = "r1 = r10" } },
		{ .place = { .insn = 8,
			     .line = 11,
			     .text = "read(buf, size);",
			     .asm_text = "call bpf_probe_read_kernel#113" } },
	};
	struct skep_cause cause = { steps[1].place, "the size is computed here: 58" };
	struct skep_diagnostic d = plain();
	char *text;

	d.kernel_message = "invalid write to stack R1 off=-48 size=58";
	d.primary = steps[3].place;
	d.causes = &cause;
	d.cause_count = 1;
	d.steps = steps;
	d.step_count = 4;
	text = text_of(&d, 100, 1, false);
	assert_has(text, " 5 | size = 34;\n   |      1: R2 is set\n");
	assert_has(text, " 6 | size |= 24;\n   |      2: the size is computed here: 58\n");
	/* Its line is not told: it is none of the line above. */
	assert_has(text, "(a line that the log does not quote)\n   |      7: R1 is a copy of R10\n"
			 "11 | read(buf, size);\n");
	free(text);
}

TEST(rounds_of_a_loop_are_folded)
{
	enum {
		ROUNDS = 4000
	};
	struct skep_step_taken *steps = calloc(2 * ROUNDS + 1, sizeof(*steps));
	struct skep_diagnostic d = plain();
	char *text;

	assert_non_null(steps);
	for (int i = 0; i < ROUNDS; i++) {
		steps[2 * i].place = (struct skep_place){
			.insn = 1, .line = 4, .text = "loop", .asm_text = "r1 += 1"
		};
		steps[2 * i + 1].place = (struct skep_place){
			.insn = 2, .line = 4, .text = "loop", .asm_text = "if r1 < r2 goto pc-2"
		};
	}
	steps[2 * ROUNDS].place = d.primary;
	d.kernel_message = "R1 is bad";
	d.steps = steps;
	d.step_count = 2 * ROUNDS + 1;
	text = text_of(&d, 100, 1, false);
	assert_true(strlen(text) < 2000);
	assert_has(text, " more rounds\n");
	free(text);
	text = text_of(&d, 100, 2, false);
	assert_true(strlen(text) < 4000);
	free(text);
	free(steps);
}

TEST(columns_have_limits)
{
	struct skep_diagnostic d = plain();
	char *text = NULL;

	assert_error(skep_diagnostic_text(&text, &d,
					  SKEP_OPTS(skep_diagnostic_text_opts, .columns = 39)),
		     EINVAL);
	assert_null(text);
}
