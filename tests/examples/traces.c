/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "traces.h"

#include <dirent.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/machine.h"
#include "harness/test.h"

static pid_t child;
static int told = -1;

pid_t child_start(void (*act)(void))
{
	int ends[2];
	char word;

	fflush(NULL);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	child = fork();
	assert_true(child >= 0);
	if (!child) {
		close(ends[0]);
		while (read(ends[1], &word, 1) == 1) {
			act();
			if (write(ends[1], &word, 1) != 1)
				break;
		}
		_exit(0);
	}
	close(ends[1]);
	told = ends[0];
	return child;
}

void child_act(void)
{
	char word = 'x';

	assert_int_equal(write(told, &word, 1), 1);
	assert_int_equal(read(told, &word, 1), 1);
}

void child_end(void)
{
	if (child <= 0)
		return;
	close(told);
	assert_int_equal(waitpid(child, NULL, 0), child);
	child = 0;
}

void child_teardown(void **state)
{
	if (child > 0)
		kill(child, SIGKILL);
	child_end();
	tool_teardown(state);
}

const char *child_pid(void)
{
	static char text[16];

	snprintf(text, sizeof(text), "%d", (int)child);
	return text;
}

struct link {
	const struct tool *tool;
	const char *tracepoint;
};

static bool names(const char *folder, const char *file, const char *tracepoint)
{
	char path[128], line[256];
	bool found = false;
	FILE *info;

	snprintf(path, sizeof(path), "%s/%.16s", folder, file);
	info = fopen(path, "re");
	while (info && fgets(line, sizeof(line), info)) {
		line[strcspn(line, "\n")] = 0;
		found = found || (!strncmp(line, "tp_name:\t", 9) && !strcmp(line + 9, tracepoint));
	}
	if (info)
		fclose(info);
	return found;
}

static bool is_attached(void *ctx)
{
	const struct link *link = ctx;
	struct dirent *entry;
	char folder[64];
	bool found = tool_has_ended(link->tool);
	DIR *dir;

	snprintf(folder, sizeof(folder), "/proc/%d/fdinfo", (int)link->tool->pid);
	dir = opendir(folder);
	while (dir && !found && (entry = readdir(dir)))
		found = names(folder, entry->d_name, link->tracepoint);
	if (dir)
		closedir(dir);
	return found;
}

void trace_start(struct tool *tool, const char *tracepoint, const char *const *argv)
{
	struct link link = { tool, tracepoint };

	tool_start(tool, argv, NULL);
	if (!wait_until(is_attached, &link, 15000))
		fail_msg("%s is not attached", tracepoint);
	if (tool_has_ended(tool))
		tool_wait(tool, -1); /* tells why */
}

json_t *line_of(const struct tool *tool, const char *key, const char *text)
{
	json_t *line, *found = NULL;
	size_t i;

	json_array_foreach(tool->lines, i, line) {
		const char *is = json_string_value(json_object_get(line, key));

		if (!is || strcmp(is, text))
			continue;
		if (found)
			fail_msg("two lines with %s '%s'", key, text);
		found = line;
	}
	return found;
}

double number_of(json_t *line, const char *key)
{
	json_t *value = json_object_get(line, key);

	if (!json_is_number(value))
		fail_msg("no number '%s' in a line", key);
	return json_number_value(value);
}
