/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* execsnoop -x: how and when programs end, once each, also those of many threads. */
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "execs.h"
#include "harness/machine.h"
#include "harness/test.h"

#define CROWDS 20

static long long now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

/* Each way to end, under one execsnoop -x: a start of the tool costs more than all of them. */
static struct ending {
	const char *how;
	json_t *event;
	long long took; /* an upper bound of its time */
	pid_t pid;
} endings[] = {
	{ .how = "exit:0" },    { .how = "exit:3" },      { .how = "exit:124" },
	{ .how = "kill:9" },    { .how = "kill:15" },     { .how = "kill:11" },
	{ .how = "sleep:300" }, { .how = "threads:400" },
};

#define ENDINGS (sizeof(endings) / sizeof(endings[0]))

static void watch_endings(void)
{
	const char *path = exec_copy("");
	static struct tool tool;

	EXECS_START(&tool, path, "-x", "-c", exec_name(path));
	for (size_t i = 0; i < ENDINGS; i++) {
		long long before = now_ns();

		endings[i].pid = EXEC_RUN(.path = path, .how = endings[i].how);
		endings[i].took = now_ns() - before;
	}
	tool_stop(&tool, SIGINT, 0);
	for (size_t i = 0; i < ENDINGS; i++) {
		exec_event(&tool, "exec", endings[i].pid);
		endings[i].event = json_incref(exec_event(&tool, "exit", endings[i].pid));
	}
	tool_free(&tool);
}

static const struct ending *end_of(const char *how)
{
	require_root();
	if (!endings[0].event)
		watch_endings();
	for (size_t i = 0; i < ENDINGS; i++)
		if (!strcmp(endings[i].how, how))
			return &endings[i];
	fail_msg("nothing ended by %s", how);
	return NULL;
}

static void assert_code(const char *how, int code)
{
	const struct ending *ending = end_of(how);

	assert_int_equal(exec_number(ending->event, "exit_code"), code);
	assert_null(json_object_get(ending->event, "signal"));
	assert_int_equal(exec_number(ending->event, "ppid"), getpid());
	assert_in_range(exec_number(ending->event, "duration_ns"), 1, ending->took);
}

static void assert_killed(const char *how, int number)
{
	const struct ending *ending = end_of(how);

	assert_int_equal(exec_number(ending->event, "signal"), number);
	assert_null(json_object_get(ending->event, "exit_code"));
}

TEST_WITH(exit_codes_are_told, NULL, tool_teardown)
{
	assert_code("exit:0", 0);
	assert_code("exit:3", 3);
	assert_code("exit:124", 124);
}

TEST_WITH(signals_are_told, NULL, tool_teardown)
{
	assert_killed("kill:9", SIGKILL);
	assert_killed("kill:15", SIGTERM);
	assert_killed("kill:11", SIGSEGV);
}

TEST_WITH(durations_are_those_of_the_program, NULL, tool_teardown)
{
	const struct ending *ending = end_of("sleep:300");

	assert_in_range(exec_number(ending->event, "duration_ns"), 300000000, ending->took);
}

/* The first thread ends at once, the last after 400 ms: so does the program. */
TEST_WITH(a_program_ends_with_its_last_thread_and_once, NULL, tool_teardown)
{
	const struct ending *ending = end_of("threads:400");

	assert_in_range(exec_number(ending->event, "duration_ns"), 400000000, ending->took);
	assert_int_equal(exec_number(ending->event, "exit_code"), 0);
}

/* Threads that end on several processors at once must not be taken for the last one each. */
TEST_WITH(programs_whose_threads_end_together_end_once, NULL, tool_teardown)
{
	pid_t pids[CROWDS];
	size_t count = 0;
	static struct tool tool;
	const char *path;

	require_root();
	path = exec_copy("");
	EXECS_START(&tool, path, "-x", "-c", exec_name(path));
	for (size_t i = 0; i < CROWDS; i++)
		pids[i] = EXEC_RUN(.path = path, .how = "crowd:16");
	tool_stop(&tool, SIGINT, 0);
	for (size_t i = 0; i < CROWDS; i++) {
		size_t starts = exec_count(&tool, "exec", pids[i]);
		size_t ends = exec_count(&tool, "exit", pids[i]);

		assert_in_range(starts, 0, 1);
		assert_in_range(ends, 0, 1);
		count += starts + ends;
	}
	tool_assert_all(&tool, count, 2UL * CROWDS);
	tool_free(&tool);
}

/* Each time it is a program, but the process ends once; and a thread that calls exec is the process. */
TEST_WITH(a_process_that_runs_three_programs_starts_thrice_and_ends_once, NULL, tool_teardown)
{
	static struct tool tool;
	const char *path;
	pid_t pid;

	require_root();
	path = exec_copy("");
	EXECS_START(&tool, path, "-x");
	pid = EXEC_RUN(.path = path, .how = "execs:2");
	tool_stop(&tool, SIGINT, 0);
	assert_int_equal(exec_count(&tool, "exec", pid), 3);
	assert_int_equal(exec_count(&tool, "exit", pid), 1);
	tool_free(&tool);
}

TEST_WITH(without_the_option_there_are_no_ends, NULL, tool_teardown)
{
	static struct tool tool;
	const char *path;
	pid_t pid;

	require_root();
	path = exec_copy("");
	EXECS_START(&tool, path, "-c", exec_name(path));
	pid = EXEC_RUN(.path = path);
	tool_stop(&tool, SIGINT, 0);
	exec_event(&tool, "exec", pid);
	assert_int_equal(exec_count(&tool, "exit", pid), 0);
	tool_free(&tool);
}

/* Filters hold for both: no end of a program whose start was left out. */
TEST_WITH(ends_come_only_for_programs_whose_start_came, NULL, tool_teardown)
{
	char path[256], other[256];
	static struct tool tool;
	json_t *event;
	size_t i;

	require_root();
	snprintf(path, sizeof(path), "%s", exec_copy(""));
	snprintf(other, sizeof(other), "%s", exec_copy("-b"));
	EXECS_START(&tool, path, "-x", "-c", exec_name(path));
	EXEC_RUN(.path = other);
	EXEC_RUN(.path = path);
	tool_stop(&tool, SIGINT, 0);
	json_array_foreach(tool.lines, i, event)
		assert_string_equal(json_string_value(json_object_get(event, "comm")),
				    exec_name(path));
	tool_free(&tool);
}

TEST_WITH(text_says_how_it_ended, NULL, tool_teardown)
{
	static struct tool tool;
	const char *path;

	require_root();
	path = exec_copy("");
	TOOL_START(&tool, " COMM ", "execsnoop", "-x", "-c", exec_name(path));
	EXEC_RUN(.path = path, .how = "exit:3");
	EXEC_RUN(.path = path, .how = "kill:9");
	tool_stop(&tool, SIGINT, 0);
	assert_non_null(strstr(tool.text, " exit 3 after 0."));
	assert_non_null(strstr(tool.text, " killed by Killed after 0."));
	tool_free(&tool);
}
