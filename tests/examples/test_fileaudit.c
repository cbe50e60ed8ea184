/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* fileaudit: what is opened for writing below a folder, and by whom; nothing else. */
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit.h"
#include "harness/machine.h"
#include "harness/snapshot.h"

TEST_WITH(without_bpf_lsm_it_says_so_and_ends, NULL, tool_teardown)
{
	struct snapshot before;

	require_root();
	audit_make_top();
	snapshot_take(&before);
	if (audit_can_run())
		test_skip("this kernel has BPF LSM");
	assert_string_equal(audit_tool.text, "");
	assert_ptr_equal(strstr(audit_tool.words, "fileaudit: "), audit_tool.words);
	assert_non_null(strstr(audit_tool.words, "\n  hint: "));
	if (strstr(audit_tool.words, "privilege is there"))
		assert_non_null(strstr(audit_tool.words, "(EPERM)"));
	else
		assert_non_null(strstr(audit_tool.words, "BPF LSM"));
	snapshot_assert_unchanged(&before);
}

CASE(writing_is_reported_with_who_and_reading_is_not)
{
	json_t *event, *found = NULL;
	size_t i;

	assert_int_equal(prctl(PR_SET_NAME, "audit test"), 0);
	START(audit_top);
	audit_touch(audit_in("new"));
	audit_touch_with(audit_in("new"), O_RDONLY);
	audit_touch_with(audit_in("new"), O_PATH);
	audit_touch_with(audit_top, O_RDONLY | O_DIRECTORY);
	audit_touch_with(audit_in("both"), O_RDWR | O_CREAT);
	audit_touch_with(audit_in("append"), O_WRONLY | O_APPEND | O_CREAT);
	audit_touch_with(audit_in("empty"), O_WRONLY | O_TRUNC | O_CREAT);
	audit_stop();
	audit_assert_reported(audit_in("new"));
	audit_assert_reported(audit_in("both"));
	audit_assert_reported(audit_in("append"));
	audit_assert_reported(audit_in("empty"));
	assert_int_equal(audit_count_of(NULL), 4);
	json_array_foreach(audit_tool.lines, i, event)
		if (!strcmp(audit_text_of(event, "path"), audit_in("new")))
			found = event;
	assert_int_equal(json_integer_value(json_object_get(found, "uid")), 0);
	assert_string_equal(audit_text_of(found, "comm"), "audit test");
	tool_free(&audit_tool);
}

static void touch_as(uid_t uid, const char *path)
{
	fflush(NULL);
	assert_int_equal(seteuid(0), 0);
	assert_int_equal(setresuid(uid, uid, 0), 0);
	audit_touch(path);
	assert_int_equal(setresuid(0, 0, 0), 0);
}

CASE(user_filter_takes_that_user_only)
{
	START(audit_top);
	touch_as(12345, audit_in("first"));
	audit_stop();
	audit_assert_reported(audit_in("first"));
	tool_free(&audit_tool);

	TOOL_START(&audit_tool, AUDIT_READY, "fileaudit", "-u", "12345", audit_top);
	audit_touch(audit_in("by-root"));
	touch_as(12345, audit_in("by-12345"));
	touch_as(12346, audit_in("by-12346"));
	audit_stop();
	assert_non_null(strstr(audit_tool.text, audit_in("by-12345")));
	assert_non_null(strstr(audit_tool.text, " 12345 "));
	assert_null(strstr(audit_tool.text, "by-root"));
	assert_null(strstr(audit_tool.text, "by-12346"));
	tool_free(&audit_tool);
}

CASE(many_opens_are_as_many_reports)
{
	int many = test_is_full() ? 20000 : 2000;
	unsigned long events, dropped;

	TOOL_START(&audit_tool, AUDIT_READY, "fileaudit", audit_top);
	for (int i = 0; i < many; i++)
		audit_touch(audit_in("file"));
	audit_stop();
	assert_non_null(strstr(audit_tool.words, " events, "));
	tool_summary(&audit_tool, &events, &dropped);
	assert_int_equal(dropped, 0);
	assert_int_equal(events, many);
	tool_free(&audit_tool);
}

CASE(names_with_control_characters_are_one_line)
{
	const char *line;

	TOOL_START(&audit_tool, AUDIT_READY, "fileaudit", audit_top);
	audit_touch(audit_in("a\nb\033[2J\xc2\x9b"));
	audit_stop();
	line = strchr(audit_tool.text, '\n') + 1;
	assert_ptr_equal(strchr(line, '\n') + 1, line + strlen(line));
	assert_non_null(strstr(line, "/a\\x0ab\\x1b[2J\\xc2\\x9b\n"));
	tool_free(&audit_tool);
}

CASE(names_that_are_not_utf8_are_valid_json)
{
	START(audit_top);
	audit_touch(audit_in("a\xff\"b"));
	audit_stop();
	audit_assert_reported(audit_in("a?\"b"));
	tool_free(&audit_tool);
}

CASE(opens_go_on_as_before)
{
	int fd;

	TOOL_START(&audit_tool, AUDIT_READY, "fileaudit", audit_top);
	/* What is forbidden stays so, and what is allowed too. */
	shell("echo words > '%s' && grep -q words '%s'", audit_in("file"), audit_in("file"));
	assert_int_equal(mkdir(audit_in("closed"), 0700), 0);
	assert_int_equal(setresuid(12345, 12345, 0), 0);
	fd = open(audit_in("closed/file"), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
	assert_int_equal(setresuid(0, 0, 0), 0);
	assert_int_equal(fd, -1);
	audit_stop();
	assert_null(strstr(audit_tool.text, "closed"));
	tool_free(&audit_tool);
}

CASE(nothing_is_left_after_any_end)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGKILL };
	struct snapshot before;

	for (size_t i = 0; i < 3; i++) {
		snapshot_take(&before);
		TOOL_START(&audit_tool, AUDIT_READY, "fileaudit", audit_top);
		audit_touch(audit_in("file"));
		if (signals[i] != SIGKILL)
			tool_stop(&audit_tool, signals[i], 0);
		tool_free(&audit_tool);
		snapshot_assert_unchanged(&before);
	}
}

/* As templates/lsm-audit/README.md has it. */
CASE(three_capabilities_suffice)
{
	TOOL_START(&audit_tool, AUDIT_READY, "/bin/setpriv", "--reuid=65534", "--regid=65534",
		   "--clear-groups", "--inh-caps=+bpf,+perfmon,+mac_admin",
		   "--ambient-caps=+bpf,+perfmon,+mac_admin", test_file("fileaudit"), audit_top);
	audit_touch(audit_in("file"));
	audit_stop();
	assert_non_null(strstr(audit_tool.text, audit_in("file")));
	tool_free(&audit_tool);
}

TEST_WITH(wrong_arguments_are_refused_with_one_line, NULL, tool_teardown)
{
	static const struct {
		const char *first, *second, *words;
	} wrong[] = {
		{ "/no/such/folder", NULL, "/no/such/folder: No such file" },
		{ "/proc/version", NULL, "/proc/version is not a folder" },
		{ NULL, NULL, "which folder?" },
		{ "/", "/", "one folder at a time" },
		{ "-u", "no-such-user", "not a number that fits: 'no-such-user'" },
	};

	for (size_t i = 0; i < 5; i++) {
		TOOL_START(&audit_tool, NULL, "fileaudit", wrong[i].first, wrong[i].second);
		tool_wait(&audit_tool, 2);
		assert_string_equal(audit_tool.text, "");
		assert_non_null(strstr(audit_tool.words, wrong[i].words));
		tool_free(&audit_tool);
	}
}
