/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Whole logs: several programs in one, loaders' summaries, and what is none. */
#include "harness/test.h"

#include <skep/verifier.h>

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
