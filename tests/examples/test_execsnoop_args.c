/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* execsnoop: arguments as they were given, whatever is in them. */
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "execs.h"
#include "harness/test.h"
#include "harness/machine.h"

#define ARGS_MOST 16384 /* ARGS_BYTES of execsnoop.h */

/* What execsnoop -j says of one program with these arguments; tool_free() afterwards. */
static json_t *report_of(struct tool *tool, const struct exec *exec)
{
	pid_t pid;

	EXECS_START(tool, exec->path, "-c", exec_name(exec->path));
	pid = exec_run(exec);
	tool_stop(tool, SIGINT, 0);
	return exec_event(tool, "exec", pid);
}

static void assert_args(json_t *event, const char *const *wanted)
{
	json_t *args = json_object_get(event, "args");
	size_t count = 0;

	for (; wanted[count]; count++)
		assert_string_equal(json_string_value(json_array_get(args, count)), wanted[count]);
	assert_int_equal(json_array_size(args), count);
}

TEST_WITH(arguments_with_spaces_quotes_newlines_and_none_at_all_are_exact, NULL, tool_teardown)
{
	static const char *const argv[] = { "some name", "a b",        "\"quoted\"", "it's",
					    "",          "line\nline", "\t\033[31m", "\\n",
					    "",          "end",        "",           NULL };
	static struct tool tool;
	json_t *event;

	require_root();
	event = report_of(&tool, &(const struct exec){ .path = exec_copy(""), .argv = argv });
	assert_args(event, argv);
	assert_true(json_is_false(json_object_get(event, "truncated")));
	assert_int_equal(exec_number(event, "ppid"), getpid());
	assert_int_equal(exec_number(event, "uid"), getuid());
	tool_free(&tool);
}

TEST_WITH(bytes_that_are_not_utf8_become_question_marks_in_json, NULL, tool_teardown)
{
	static const char *const argv[] = { "x",
					    "a\xff\xfe"
					    "b",
					    "gr\xc3\xbc\xc3\x9f", NULL };
	static const char *const wanted[] = { "x", "a??b", "gr\xc3\xbc\xc3\x9f", NULL };
	static struct tool tool;

	require_root();
	assert_args(report_of(&tool, &(const struct exec){ .path = exec_copy(""), .argv = argv }),
		    wanted);
	tool_free(&tool);
}

/* A line a program, also where arguments try to begin another or to move the cursor. */
TEST_WITH(text_is_one_line_a_program_without_control_characters, NULL, tool_teardown)
{
	static const char *const argv[] = { "x",
					    "a\nb",
					    "\033[2J\r",
					    "c d",
					    "",
					    "\x7f",
					    "\xc2\x9b"
					    "2J",
					    NULL };
	const char *path, *line;
	static struct tool tool;

	require_root();
	path = exec_copy("");
	TOOL_START(&tool, " COMM ", "execsnoop", "-c", exec_name(path));
	EXEC_RUN(.path = path, .argv = argv);
	tool_stop(&tool, SIGINT, 0);
	line = strchr(tool.text, '\n') + 1;
	assert_ptr_equal(strchr(line, '\n') + 1, line + strlen(line));
	for (const char *c = line; *c && *c != '\n'; c++)
		assert_true((unsigned char)*c >= ' ' && *c != 127);
	assert_null(strstr(line, "\xc2\x9b"));
	assert_non_null(strstr(line, " x a\\x0ab \\x1b[2J\\x0d \"c d\" \"\" \\x7f "));
	tool_free(&tool);
}

/* A program's name is a file's: it may hold anything, too. */
TEST_WITH(names_with_control_characters_are_escaped_too, NULL, tool_teardown)
{
	const char *path, *line;
	static struct tool tool;

	require_root();
	path = exec_copy("\n\033[2J");
	TOOL_START(&tool, " COMM ", "execsnoop", "-c", exec_name(path));
	EXEC_RUN(.path = path, .argv = (const char *const[]){ "y", NULL });
	tool_stop(&tool, SIGINT, 0);
	line = strchr(tool.text, '\n') + 1;
	assert_ptr_equal(strchr(line, '\n') + 1, line + strlen(line));
	assert_non_null(strstr(line, "\\x0a\\x1b[2J"));
	assert_null(strchr(line, '\033'));
	tool_free(&tool);
}

/* One argument of so many bytes in all, with the name's two and its own end. */
static json_t *report_of_bytes(struct tool *tool, size_t bytes)
{
	const char *argv[] = { "x", NULL, NULL };
	char *big = malloc(bytes - 2);
	json_t *event;

	memset(big, 'y', bytes - 3);
	big[bytes - 3] = '\0';
	argv[1] = big;
	event = report_of(tool, &(const struct exec){ .path = exec_copy(""), .argv = argv });
	free(big);
	return event;
}

TEST_WITH(command_lines_are_cut_where_they_no_longer_fit_and_marked, NULL, tool_teardown)
{
	static const size_t sizes[] = {
		100, ARGS_MOST - 1, ARGS_MOST, ARGS_MOST + 1, 20000, 120000
	};
	static struct tool tool;

	require_root();
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		json_t *event = report_of_bytes(&tool, sizes[i]);
		json_t *args = json_object_get(event, "args");
		bool cut = sizes[i] > ARGS_MOST;

		assert_int_equal(json_is_true(json_object_get(event, "truncated")), cut);
		assert_int_equal(json_array_size(args), 2);
		assert_int_equal(json_string_length(json_array_get(args, 1)),
				 cut ? ARGS_MOST - 2 : sizes[i] - 3);
		tool_free(&tool);
	}
}

TEST_WITH(cut_lines_say_so_in_text_with_the_whole_size, NULL, tool_teardown)
{
	const char *path, *argv[] = { "x", NULL, NULL };
	char big[20000];
	static struct tool tool;

	require_root();
	path = exec_copy("");
	memset(big, 'z', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	argv[1] = big;
	TOOL_START(&tool, " COMM ", "execsnoop", "-c", exec_name(path));
	EXEC_RUN(.path = path, .argv = argv);
	tool_stop(&tool, SIGINT, 0);
	assert_non_null(strstr(tool.text, "zzz [cut: 20002 bytes]\n"));
	tool_free(&tool);
}

TEST_WITH(thousands_of_arguments_are_all_there, NULL, tool_teardown)
{
	static const char *argv[3001];
	static struct tool tool;
	json_t *event;

	require_root();
	for (size_t i = 0; i < 3000; i++)
		argv[i] = "abc";
	event = report_of(&tool, &(const struct exec){ .path = exec_copy(""), .argv = argv });
	assert_args(event, argv);
	tool_free(&tool);
}

TEST_WITH(user_is_the_one_that_it_changed_to, NULL, tool_teardown)
{
	static struct tool tool;
	json_t *event;

	require_root();
	event = report_of(&tool, &(const struct exec){ .path = exec_copy(""), .uid = 12345 });
	assert_int_equal(exec_number(event, "uid"), 12345);
	tool_free(&tool);
}

/* A set-user-id program runs for another, but its real user is who started it. */
TEST_WITH(set_user_id_programs_belong_to_who_started_them, NULL, tool_teardown)
{
	static struct tool tool;
	const char *path;
	pid_t pid;

	require_root();
	path = exec_copy("");
	assert_int_equal(chmod(path, 04755), 0);
	EXECS_START(&tool, path, "-c", exec_name(path));
	pid = EXEC_RUN(.path = path, .uid = 12345);
	tool_stop(&tool, SIGINT, 0);
	assert_int_equal(exec_number(exec_event(&tool, "exec", pid), "uid"), 12345);
	tool_free(&tool);
}

TEST_WITH(scripts_have_their_own_name_and_the_interpreters_arguments, NULL, tool_teardown)
{
	static const char *const argv[] = { "ignored", "an argument", NULL };
	const char *wanted[] = { "/bin/sh", NULL, "an argument", NULL };
	static struct tool tool;
	const char *path;
	json_t *event;

	require_root();
	path = exec_copy(".sh");
	shell("printf '#!/bin/sh\\nexit 0\\n' > '%s'", path);
	wanted[1] = path;
	event = report_of(&tool, &(const struct exec){ .path = path, .argv = argv });
	assert_args(event, wanted);
	assert_string_equal(json_string_value(json_object_get(event, "comm")), exec_name(path));
	tool_free(&tool);
}

TEST_WITH(programs_that_could_not_be_started_are_not_there, NULL, tool_teardown)
{
	static struct tool tool;
	const char *path;
	int status;

	require_root();
	path = exec_copy("");
	TOOL_START(&tool, " COMM ", "execsnoop", "-c", exec_name(path));
	assert_int_equal(chmod(path, 0644), 0);
	status = system(path);
	assert_int_not_equal(status, 0);
	tool_stop(&tool, SIGINT, 0);
	assert_null(strstr(tool.text, exec_name(path)));
	tool_free(&tool);
}
