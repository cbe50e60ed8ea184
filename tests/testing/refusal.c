// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "refusal.h"

#include <sys/wait.h>
#include <unistd.h>

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

void assert_refusal_says(CMUnitTestFunction fn, const char *words)
{
	char text[8192];

	if (!run_child(fn, text, sizeof(text)))
		fail_msg("it did not fail: %s", text);
	if (!strstr(text, words))
		fail_msg("'%s' is not in: %s", words, text);
}
