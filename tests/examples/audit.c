/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "audit.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/machine.h"

struct tool audit_tool;
char audit_top[256];

void audit_make_top(void)
{
	char path[200];

	snprintf(path, sizeof(path), "%s/top", test_tmpdir());
	/* Others are to open files in it, too. */
	assert_int_equal(chmod(test_tmpdir(), 0755), 0);
	assert_int_equal(mkdir(path, 0755), 0);
	assert_non_null(realpath(path, audit_top));
	assert_int_equal(chmod(audit_top, 0777), 0);
}

static bool is_attached(void *ctx)
{
	struct stat st;

	(void)ctx;
	return tool_has_ended(&audit_tool) || (!stat(audit_tool.out, &st) && st.st_size > 0);
}

/* Whether this kernel has BPF LSM; asked by running it. audit_tool.words says why not. */
bool audit_can_run(void)
{
	TOOL_START(&audit_tool, NULL, "fileaudit", audit_top);
	assert_true(wait_until(is_attached, NULL, 15000));
	if (tool_has_ended(&audit_tool)) {
		tool_wait(&audit_tool, 1);
		return false;
	}
	tool_stop(&audit_tool, SIGINT, 0);
	tool_free(&audit_tool);
	return true;
}

void audit_setup(void **state)
{
	(void)state;
	require_root();
	audit_make_top();
	if (!audit_can_run())
		test_skip("%.*s", (int)strcspn(audit_tool.words, "\n"), audit_tool.words);
}

/* "top/..." in the watched folder, in one of several buffers. */
const char *audit_in(const char *name)
{
	static char paths[8][PATH_MAX];
	static unsigned int next;
	char *path = paths[next++ % 8];

	snprintf(path, PATH_MAX, "%s/%s", audit_top, name);
	return path;
}

void audit_touch_with(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0666);

	if (fd < 0)
		fail_msg("cannot open %s: %s", path, strerror(errno));
	close(fd);
}

void audit_touch(const char *path)
{
	audit_touch_with(path, O_WRONLY | O_CREAT);
}

/* With -j, nothing says that it is attached: a file is opened until it is seen. */
bool audit_is_seen(void *ctx)
{
	struct stat st;

	audit_touch(ctx);
	return tool_has_ended(&audit_tool) || (!stat(audit_tool.out, &st) && st.st_size > 0);
}

void audit_stop(void)
{
	tool_stop(&audit_tool, SIGINT, 0);
}

const char *audit_text_of(json_t *event, const char *key)
{
	const char *text = json_string_value(json_object_get(event, key));

	assert_non_null(text);
	return text;
}

/* How often this process opened the path; NULL: how many opens of others' files than "warm". */
int audit_count_of(const char *path)
{
	json_t *event;
	int count = 0;
	size_t i;

	json_array_foreach(audit_tool.lines, i, event) {
		const char *is = audit_text_of(event, "path");

		if (json_integer_value(json_object_get(event, "pid")) != getpid())
			continue;
		count += path ? !strcmp(is, path) : strcmp(is + strlen(is) - 5, "/warm") != 0;
	}
	return count;
}

void audit_assert_reported(const char *path)
{
	if (audit_count_of(path) != 1)
		fail_msg("%s is there %d times:\n%s", path, audit_count_of(path), audit_tool.text);
}
