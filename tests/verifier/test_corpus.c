/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * The logs that tests/corpus/record wrote, against tests/corpus/expected.tsv. Prints what share of
 * codes, refused lines and cause lines was right on each kernel.
 */
#include "harness/test.h"

#include <dirent.h>

#include <skep/verifier.h>

struct row {
	char program[64], code[16], line[16], cause[16], missing[32];
};

struct score {
	int logs, codes, lines, lines_right, causes, causes_right, fixes;
};

static bool read_row(const char *text, struct row *row)
{
	return text[0] != '#' &&
	       sscanf(text, "%63[^\t]\t%15[^\t]\t%15[^\t]\t%15[^\t]\t%31[^\t\n]", row->program,
		      row->code, row->line, row->cause, row->missing) == 5;
}

/* Linux 6.1 quotes lines without their numbers: the comments in them tell. */
static bool is_line(const struct skep_place *place, unsigned line, const char *mark)
{
	if (place->file)
		return place->line == line;
	return place->text && strstr(place->text, mark);
}

static bool names_cause(const struct skep_diagnostic *d, unsigned line)
{
	for (size_t i = 0; i < d->cause_count; i++)
		if (is_line(&d->causes[i].place, line, "/* cause */"))
			return true;
	return false;
}

static void add(struct score *score, const struct row *row, const struct skep_diagnostic *d)
{
	unsigned line = (unsigned)strtoul(row->line, NULL, 10);
	unsigned cause = (unsigned)strtoul(row->cause, NULL, 10);
	bool line_right = is_line(&d->primary, line, "/* refused */");
	bool cause_right = names_cause(d, cause);

	score->logs++;
	score->fixes += d->fix_count > 0;
	score->codes += !strcmp(d->code, row->code);
	if (strcmp(d->code, row->code))
		print_message("# %s: %s, not %s\n", row->program, d->code, row->code);
	score->lines += line > 0;
	score->lines_right += line && line_right;
	if (line && !line_right)
		print_message("# %s: line %u, not %u\n", row->program, d->primary.line, line);
	score->causes += cause > 0;
	score->causes_right += cause && cause_right;
	if (cause && !cause_right)
		print_message("# %s: cause line %u is not named\n", row->program, cause);
}

static void score_kernel(const char *kernel, struct score *score)
{
	char path[512], text[256], absent[16];
	FILE *table = fopen(test_file("expected.tsv"), "re");
	struct row row;

	assert_non_null(table);
	snprintf(absent, sizeof(absent), "%s;", kernel);
	while (fgets(text, sizeof(text), table)) {
		struct skep_explanation *explanation = NULL;

		if (!read_row(text, &row) || strstr(row.missing, absent))
			continue;
		snprintf(path, sizeof(path), "%s/%s/%s.log", test_file("logs"), kernel,
			 row.program);
		assert_ok(skep_explain_file(&explanation, path, NULL));
		if (skep_explanation_count(explanation) != 1)
			fail_msg("%s: %zu diagnostics", path, skep_explanation_count(explanation));
		add(score, &row, skep_explanation_diagnostic(explanation, 0));
		skep_explanation_free(explanation);
	}
	fclose(table);
}

static void check_kernel(const char *kernel)
{
	struct score s = { 0 };

	score_kernel(kernel, &s);
	print_message("# %s: %d logs, code %d, line %d/%d, cause %d/%d, fix %d\n", kernel, s.logs,
		      s.codes, s.lines_right, s.lines, s.causes_right, s.causes, s.fixes);
	assert_int_equal(s.codes, s.logs);
	assert_int_equal(s.fixes, s.logs);
	assert_true(s.lines_right * 100 >= s.lines * 90);
	assert_true(s.causes_right * 100 >= s.causes * 90);
}

TEST(own_programs_are_explained_on_6_1)
{
	check_kernel("6.1");
}

TEST(own_programs_are_explained_on_6_12)
{
	check_kernel("6.12");
}

TEST(own_programs_are_explained_on_6_18)
{
	check_kernel("6.18");
}

TEST(own_programs_are_explained_on_7_3)
{
	check_kernel("7.3");
}

TEST(several_programs_in_one_log_have_a_diagnostic_each)
{
	static const char log[] =
		"libbpf: prog 'one': -- BEGIN PROG LOAD LOG --\n"
		"0: R1=ctx() R10=fp0\n0: (95) exit\nR0 !read_ok\n"
		"processed 1 insns (limit 1000000) max_states_per_insn 0\n"
		"-- END PROG LOAD LOG --\nlibbpf: prog 'two': -- BEGIN PROG LOAD LOG --\n"
		"0: R1=ctx() R10=fp0\n0: (37) r0 /= 0\ndiv by zero\n"
		"processed 1 insns (limit 1000000) max_states_per_insn 0\n"
		"-- END PROG LOAD LOG --\nlibbpf: prog 'two': failed to load: -13\n";
	struct skep_explanation *explanation = NULL;

	assert_ok(skep_explain(&explanation, log, strlen(log), NULL));
	assert_int_equal(skep_explanation_count(explanation), 2);
	assert_string_equal(skep_explanation_diagnostic(explanation, 0)->code, "SKEP-V201");
	assert_string_equal(skep_explanation_diagnostic(explanation, 0)->program, "one");
	assert_string_equal(skep_explanation_diagnostic(explanation, 1)->code, "SKEP-V306");
	assert_string_equal(skep_explanation_diagnostic(explanation, 1)->program, "two");
	assert_null(skep_explanation_diagnostic(explanation, 2));
	skep_explanation_free(explanation);
}

TEST(a_loaders_summary_is_enough_for_a_code)
{
	static const char log[] =
		"load program: permission denied: 12: (61) r1 = *(u32 *)(r0 +0): R0 "
		"invalid mem access 'inv' (14 line(s) omitted)\n";
	struct skep_explanation *explanation = NULL;

	assert_ok(skep_explain(&explanation, log, strlen(log), NULL));
	assert_int_equal(skep_explanation_count(explanation), 1);
	assert_string_equal(skep_explanation_diagnostic(explanation, 0)->code, "SKEP-V010");
	skep_explanation_free(explanation);
}

TEST(what_is_no_log_has_no_verdict)
{
	static const char *const texts[] = { "", "hello\nworld\n", "processed foods\n", "\n\n\n" };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct skep_explanation *explanation = NULL;

		assert_ok(skep_explain(&explanation, texts[i], strlen(texts[i]), NULL));
		assert_int_equal(skep_explanation_verdict(explanation), SKEP_VERDICT_UNKNOWN);
		assert_int_equal(skep_explanation_count(explanation), 0);
		skep_explanation_free(explanation);
	}
}

TEST(a_log_without_a_refusal_is_accepted)
{
	static const char log[] = "0: R1=ctx() R10=fp0\n0: (b7) r0 = 0 ; R0=0\n1: (95) exit\n"
				  "processed 2 insns (limit 1000000) max_states_per_insn 0\n";
	struct skep_explanation *explanation = NULL;

	assert_ok(skep_explain(&explanation, log, strlen(log), NULL));
	assert_int_equal(skep_explanation_verdict(explanation), SKEP_VERDICT_ACCEPTED);
	skep_explanation_free(explanation);
}
