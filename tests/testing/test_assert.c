// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* How an assertion of libskep-testing fails: each in a process of its own, whose words are read. */
#include "harness/test.h"

#include <sys/wait.h>
#include <unistd.h>

#include <skep/testing.h>

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

/* Runs one cmocka test in a child; its output goes to `text`. True when the test failed. */
static bool run_child(CMUnitTestFunction fn, char *text, size_t room)
{
	const struct CMUnitTest tests[] = { { "child", fn, NULL, NULL, NULL } };
	int pipes[2], status;
	size_t used = 0;
	ssize_t n;
	pid_t pid;

	assert_return_code(pipe(pipes), errno);
	pid = fork();
	if (!pid) {
		dup2(pipes[1], 1);
		dup2(pipes[1], 2);
		close(pipes[0]);
		_exit(cmocka_run_group_tests(tests, NULL, NULL) == 1 ? 3 : 4);
	}
	close(pipes[1]);
	while ((n = read(pipes[0], text + used, room - 1 - used)) > 0)
		used += (size_t)n;
	text[used] = '\0';
	close(pipes[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) && WEXITSTATUS(status) == 3;
}

static void assert_says(CMUnitTestFunction fn, const char *words)
{
	char text[4096];

	assert_true(run_child(fn, text, sizeof(text)));
	if (!strstr(text, words))
		fail_msg("'%s' is not in: %s", words, text);
}

TEST(failed_call_prints_call_message_and_hint)
{
	assert_says(ok_fails, "fail_with_words(ENODEV)");
	assert_says(ok_fails, "No such device");
	assert_says(ok_fails, "it is off");
	assert_says(ok_fails, "hint: turn it on");
	assert_says(ok_fails, "test_assert.c");
}

TEST(other_error_names_both_and_prints_words)
{
	assert_says(error_has_other_code, "Operation not permitted");
	assert_says(error_has_other_code, "it is off");
	assert_says(error_is_none, "no error");
}

TEST(error_without_words_fails)
{
	assert_says(error_has_no_words, "left no words");
}

TEST(success_and_the_expected_error_pass)
{
	skep_assert_ok(0);
	skep_assert_error(fail_with_words(ENODEV), ENODEV);
}
