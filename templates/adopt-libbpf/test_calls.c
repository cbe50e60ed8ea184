/* SPDX-License-Identifier: 0BSD */
/*
 * A process makes calls that it knows, and the tool as it was and the tool as it is watch it at once: both
 * print each of them, with the same words, in the same order.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define EXIT_SKIPPED 77
#define CALLS        50

static const char *before_path, *after_path;
static int orders[2]; /* what the process waits for: one byte to begin, the end of all to end */

/* In a child: two kinds of calls in turn, which nothing else here makes. */
static pid_t start_calls(void)
{
	char byte;
	pid_t pid = fork();

	if (pid)
		return pid;
	close(orders[1]);
	if (read(orders[0], &byte, 1) == 1)
		for (int i = 0; i < CALLS; i++)
			syscall(i % 2 ? SYS_getppid : SYS_getuid);
	_exit(read(orders[0], &byte, 1) != 0);
}

/* A tool that watches the process, when it has printed its first line: so it is attached. */
static pid_t start_tool(const char *path, pid_t watched, FILE **lines)
{
	char number[16], line[128] = "";
	int out[2];
	pid_t pid;

	snprintf(number, sizeof(number), "%d", watched);
	assert_int_equal(pipe(out), 0);
	pid = fork();
	if (!pid) {
		dup2(out[1], STDOUT_FILENO);
		close(out[0]);
		close(orders[1]);
		execl(path, path, number, (char *)NULL);
		_exit(127);
	}
	close(out[1]);
	*lines = fdopen(out[0], "r");
	assert_non_null(fgets(line, sizeof(line), *lines));
	assert_string_equal(line, "PID     TID     COMM             CALL\n");
	return pid;
}

/* The next of those calls: what came before them, a read() that waits, is not one. */
static void next_call(FILE *lines, char line[128])
{
	unsigned long long number = 0;

	do {
		if (!fgets(line, 128, lines))
			fail_msg("the tool ended");
		sscanf(line, "%*u %*u %*s %llu", &number);
	} while (number != SYS_getppid && number != SYS_getuid);
}

static void end_tool(pid_t pid, FILE *lines)
{
	int status;

	kill(pid, SIGINT);
	waitpid(pid, &status, 0);
	fclose(lines);
	assert_int_equal(status, 0);
}

static void both_print_each_call(void **state)
{
	char before[128], after[128], wanted[128];
	FILE *before_lines, *after_lines;
	pid_t watched, before_pid, after_pid;
	int status;

	(void)state;
	assert_int_equal(pipe(orders), 0);
	watched = start_calls();
	before_pid = start_tool(before_path, watched, &before_lines);
	after_pid = start_tool(after_path, watched, &after_lines);
	assert_int_equal(write(orders[1], "b", 1), 1);
	for (int i = 0; i < CALLS; i++) {
		snprintf(wanted, sizeof(wanted), "%-7d %-7d %-16s %d\n", watched, watched,
			 "test_calls", i % 2 ? SYS_getppid : SYS_getuid);
		next_call(before_lines, before);
		next_call(after_lines, after);
		assert_string_equal(before, wanted);
		assert_string_equal(after, wanted);
	}
	close(orders[1]);
	waitpid(watched, &status, 0);
	assert_int_equal(status, 0);
	end_tool(before_pid, before_lines);
	end_tool(after_pid, after_lines);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_print_each_call),
	};

	if (geteuid()) {
		fprintf(stderr, "skipped: needs root\n");
		return EXIT_SKIPPED;
	}
	if (argc != 3)
		return 2;
	before_path = argv[1];
	after_path = argv[2];
	alarm(30); /* a line that does not come is a failure, too */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
