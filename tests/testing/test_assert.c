// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* How an assertion of libskep-testing fails: each in a process of its own, whose words are read. */
#include "harness/test.h"

#include <skep/testing.h>

#include "refusal.h"

static int fail_with_words(int code)
{
	return skep_error_set(code, "turn it on", "it is off");
}

static void ok_fails(void **state)
{
	(void)state;
	skep_assert_ok(fail_with_words(ENODEV));
}

static void error_has_other_code(void **state)
{
	(void)state;
	skep_assert_error(fail_with_words(ENODEV), EPERM);
}

static void error_has_no_words(void **state)
{
	(void)state;
	(void)fail_with_words(ENODEV);
	skep_assert_error(-EPERM, EPERM);
}

static void error_is_none(void **state)
{
	(void)state;
	skep_assert_error(0, EPERM);
}

TEST(failed_call_prints_call_message_and_hint)
{
	assert_refusal_says(ok_fails, "fail_with_words(ENODEV)");
	assert_refusal_says(ok_fails, "No such device");
	assert_refusal_says(ok_fails, "it is off");
	assert_refusal_says(ok_fails, "hint: turn it on");
	assert_refusal_says(ok_fails, "test_assert.c");
}

TEST(other_error_names_both_and_prints_words)
{
	assert_refusal_says(error_has_other_code, "Operation not permitted");
	assert_refusal_says(error_has_other_code, "it is off");
	assert_refusal_says(error_is_none, "no error");
}

TEST(error_without_words_fails)
{
	assert_refusal_says(error_has_no_words, "left no words");
}

TEST(success_and_the_expected_error_pass)
{
	skep_assert_ok(0);
	skep_assert_error(fail_with_words(ENODEV), ENODEV);
}
