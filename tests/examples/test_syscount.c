/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* syscount: of a process that does so many calls exactly those are counted. */
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "harness/machine.h"
#include "harness/test.h"
#include "traces.h"

#define LAST "sys_exit"

static void call(void)
{
	for (int i = 0; i < 1000; i++)
		syscall(SYS_getppid);
	for (int i = 0; i < 20; i++)
		syscall(SYS_fchdir, -1);
	syscall(100000); /* is none */
#ifdef __x86_64__
	for (int i = 0; i < 10; i++) {
		long result = 64; /* getppid() of 32-bit programs; here semget() */

		__asm__ volatile("int $0x80"
				 : "+a"(result)
				 :
				 : "memory", "cc", "r8", "r9", "r10", "r11");
	}
#endif
}

#ifdef __x86_64__
#define GETPPIDS 1010
#else
#define GETPPIDS 1000
#endif

static void assert_counted(const struct tool *tool, const char *call, double count, double failed)
{
	json_t *line = line_of(tool, "name", call);

	if (!line)
		fail_msg("no %s: %s", call, tool->text);
	assert_true(number_of(line, "count") == count);
	assert_true(number_of(line, "failed") == failed);
}

TEST_WITH(calls_are_counted_by_name_whichever_kind_of_program_makes_them, NULL, child_teardown)
{
	static struct tool tool;

	require_root();
	child_start(call);
	TRACE_START(&tool, LAST, "syscount", "-j", "-t", "0", "-p", child_pid());
	child_act();
	child_end();
	tool_stop(&tool, SIGINT, 0);
	assert_counted(&tool, "getppid", GETPPIDS, 0);
	assert_counted(&tool, "fchdir", 20, 20);
	assert_counted(&tool, "call -1", 1, 1);
	/* It has no end, and is counted all the same. */
	assert_counted(&tool, "exit_group", 1, 0);
	assert_null(line_of(&tool, "name", "semget"));
	tool_free(&tool);
}

/* Sums of a process are those of its calls. */
TEST_WITH(calls_of_a_process_are_one_row_with_their_time, NULL, child_teardown)
{
	static struct tool tool;
	json_t *line;

	require_root();
	child_start(call);
	TRACE_START(&tool, LAST, "syscount", "-j", "-P", "-L", "-p", child_pid());
	child_act();
	tool_stop(&tool, SIGINT, 0);
	assert_int_equal(json_array_size(tool.lines), 1);
	line = json_array_get(tool.lines, 0);
	assert_int_equal(number_of(line, "pid"), atoi(child_pid()));
	/* The two of the test itself: told by read(), and write(). */
	assert_in_range((unsigned long)number_of(line, "count"), GETPPIDS + 21 + 2,
			GETPPIDS + 21 + 4);
	assert_int_equal(number_of(line, "failed"), 21);
	assert_true(number_of(line, "total") >= number_of(line, "count"));
	tool_free(&tool);
}

/* Each interval has its own table; together they have all calls. */
TEST_WITH(calls_of_all_intervals_are_all_calls, NULL, child_teardown)
{
	double count = 0;
	static struct tool tool;
	json_t *line;
	size_t i;

	require_root();
	child_start(call);
	TRACE_START(&tool, LAST, "syscount", "-j", "-i", "0.1", "-p", child_pid());
	child_act();
	tool_settle(&tool);
	child_act();
	tool_stop(&tool, SIGINT, 0);
	json_array_foreach(tool.lines, i, line)
		if (!strcmp(json_string_value(json_object_get(line, "name")), "getppid"))
			count += number_of(line, "count");
	assert_true(count == 2 * GETPPIDS);
	assert_true(i >= 2);
	tool_free(&tool);
}
