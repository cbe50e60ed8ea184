/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* execsnoop: every program is there once, or counted as dropped; filters; the end. */
#include <signal.h>
#include <unistd.h>

#include "execs.h"
#include "harness/machine.h"
#include "harness/snapshot.h"
#include "harness/test.h"

#define READY " COMM " /* in the heading, which is printed when it is attached */
#define MOST  1000

static pid_t started[MOST];

/* Emulated machines are slow. */
static size_t many(void)
{
	return getenv("SKEP_TEST_VM") && !test_is_full() ? MOST / 5 : MOST;
}

static void start_many(const char *path)
{
	for (size_t i = 0; i < many(); i++)
		started[i] = EXEC_RUN(.path = path);
}

static size_t lines_of(const char *text)
{
	size_t lines = 0;

	for (; *text; text++)
		lines += *text == '\n';
	return lines;
}

/* How many of those that were started stand in the text, none of them twice. */
static size_t found_in(const char *text)
{
	size_t found = 0;

	for (size_t i = 0; i < many(); i++) {
		size_t times = 0;
		char pid[16];

		snprintf(pid, sizeof(pid), " %d ", (int)started[i]);
		for (const char *at = strstr(text, pid); at; at = strstr(at + 1, pid))
			times += strspn(at - 8, "0123456789:") == 8; /* behind the time */
		if (times > 1)
			fail_msg("process %d is there %zu times", (int)started[i], times);
		found += times;
	}
	return found;
}

TEST_WITH(a_thousand_programs_are_a_thousand_lines_and_no_drops, NULL, tool_teardown)
{
	unsigned long events, dropped;
	static struct tool tool;

	require_root();
	TOOL_START(&tool, READY, "execsnoop", "-c", "true");
	start_many("/bin/true");
	tool_stop(&tool, SIGINT, 0);
	tool_summary(&tool, &events, &dropped);
	tool_assert_all(&tool, found_in(tool.text), many());
	assert_int_equal(dropped, 0);
	assert_int_equal(lines_of(tool.text), 1 + events);
	tool_free(&tool);
}

/* Without the filter too, whatever else runs here. */
TEST_WITH(default_settings_drop_nothing_of_the_whole_machine, NULL, tool_teardown)
{
	unsigned long events, dropped;
	static struct tool tool;

	require_root();
	TOOL_START(&tool, READY, "execsnoop");
	start_many("/bin/true");
	tool_stop(&tool, SIGINT, 0);
	tool_summary(&tool, &events, &dropped);
	tool_assert_all(&tool, found_in(tool.text), many());
	assert_int_equal(dropped, 0);
	tool_free(&tool);
}

TEST_WITH(with_a_page_for_a_ring_lines_and_drops_are_all_programs, NULL, tool_teardown)
{
	const char *path;
	unsigned long events, dropped;
	static struct tool tool;

	require_root();
	path = exec_copy("");
	TOOL_START(&tool, READY, "execsnoop", "-r", "4096", "-c", exec_name(path));
	start_many(path);
	tool_stop(&tool, SIGINT, 0);
	tool_summary(&tool, &events, &dropped);
	tool_assert_all(&tool, events + dropped, many());
	assert_int_equal(lines_of(tool.text), 1 + events);
	assert_int_equal(found_in(tool.text), events);
	tool_free(&tool);
}

/* The same while nobody reads: the ring is full after a few. */
TEST_WITH(drops_are_counted_while_nobody_reads, NULL, tool_teardown)
{
	const char *path;
	unsigned long events, dropped;
	static struct tool tool;

	require_root();
	path = exec_copy("");
	TOOL_START(&tool, READY, "execsnoop", "-r", "4096", "-c", exec_name(path));
	assert_int_equal(kill(tool.pid, SIGSTOP), 0);
	start_many(path);
	assert_int_equal(kill(tool.pid, SIGCONT), 0);
	tool_stop(&tool, SIGINT, 0);
	tool_summary(&tool, &events, &dropped);
	assert_in_range(events, 10, 4096 / 48);
	tool_assert_all(&tool, events + dropped, many());
	assert_int_equal(found_in(tool.text), events);
	tool_free(&tool);
}

TEST_WITH(name_filter_takes_that_name_only, NULL, tool_teardown)
{
	char path[256], longer[256], shorter[256];
	unsigned long events, dropped;
	static struct tool tool;

	require_root();
	snprintf(shorter, sizeof(shorter), "%s", exec_copy(""));
	snprintf(path, sizeof(path), "%s", exec_copy("-a"));
	snprintf(longer, sizeof(longer), "%s", exec_copy("-ab"));
	TOOL_START(&tool, READY, "execsnoop", "-c", exec_name(path));
	EXEC_RUN(.path = shorter);
	started[0] = EXEC_RUN(.path = path);
	EXEC_RUN(.path = longer);
	tool_stop(&tool, SIGTERM, 0);
	tool_summary(&tool, &events, &dropped);
	assert_int_equal(events, 1);
	tool_free(&tool);
}

/* The kernel cuts names to 15 bytes; what a user types is the whole one. */
TEST_WITH(name_filter_takes_the_whole_of_a_long_name, NULL, tool_teardown)
{
	const char *path;
	unsigned long events, dropped;
	static struct tool tool;

	require_root();
	path = exec_copy("-with-a-long-name");
	TOOL_START(&tool, READY, "execsnoop", "-c", exec_name(path));
	EXEC_RUN(.path = path);
	tool_stop(&tool, SIGINT, 0);
	tool_summary(&tool, &events, &dropped);
	assert_int_equal(events, 1);
	tool_free(&tool);
}

TEST_WITH(user_filter_takes_that_user_only_by_number_and_by_name, NULL, tool_teardown)
{
	const char *path, *const users[] = { "65534", "nobody", "0xfffe" };
	unsigned long events, dropped;
	static struct tool tool;

	require_root();
	path = exec_copy("");
	for (size_t i = 0; i < 3; i++) {
		TOOL_START(&tool, READY, "execsnoop", "-c", exec_name(path), "-u", users[i]);
		EXEC_RUN(.path = path);
		EXEC_RUN(.path = path, .uid = 12345);
		EXEC_RUN(.path = path, .uid = 65534);
		tool_stop(&tool, SIGINT, 0);
		tool_summary(&tool, &events, &dropped);
		assert_int_equal(events, 1);
		assert_non_null(strstr(tool.text, " 65534 "));
		tool_free(&tool);
	}
}

TEST_WITH(duration_ends_it_with_a_summary, NULL, tool_teardown)
{
	unsigned long events, dropped;
	static struct tool tool;

	require_root();
	TOOL_RUN(&tool, 0, "execsnoop", "-d", "1", "-c", "no-such-name");
	tool_summary(&tool, &events, &dropped);
	assert_int_equal(events + dropped, 0);
	assert_int_equal(lines_of(tool.text), 1);
	tool_free(&tool);
}

TEST_WITH(wrong_arguments_are_refused_with_one_line, NULL, tool_teardown)
{
	static const char *const wrong[][3] = {
		{ "-r", "x", "2" },   { "-r", "-1", "2" },         { "-u", "no-such-user", "2" },
		{ "-d", "1s", "2" },  { "--bogus", "", "2" },      { "-r", "5000", "1" },
		{ "-r", "100", "1" }, { "-u", "4294967295", "2" },
	};
	static struct tool tool;

	require_root();
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		TOOL_RUN(&tool, atoi(wrong[i][2]), "execsnoop", wrong[i][0], wrong[i][1]);
		assert_string_equal(tool.text, "");
		assert_in_range(lines_of(tool.words), 1, 2);
		assert_ptr_equal(strstr(tool.words, "execsnoop: "),
				 strstr(tool.words, "execsnoop"));
		tool_free(&tool);
	}
}

TEST_WITH(nothing_is_left_after_any_end, NULL, tool_teardown)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGKILL };
	struct snapshot before;
	static struct tool tool;

	require_root();
	for (size_t i = 0; i < 3; i++) {
		snapshot_take(&before);
		TOOL_START(&tool, READY, "execsnoop", "-x");
		run_true(2);
		if (signals[i] == SIGKILL)
			tool_free(&tool); /* does just that */
		else
			tool_stop(&tool, signals[i], 0);
		snapshot_assert_unchanged(&before);
		tool_free(&tool);
	}
}
