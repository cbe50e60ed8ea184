/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "execs.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/machine.h"
#include "harness/test.h"

extern char **environ;

static void become(const struct exec *exec)
{
	const char *alone[] = { exec->path, NULL };

	if (exec->how && setenv("SKEP_HELPER", exec->how, 1))
		_exit(125);
	if (exec->uid && setresuid(exec->uid, exec->uid, exec->uid))
		_exit(125);
	execve(exec->path, (char *const *)(uintptr_t)(exec->argv ? exec->argv : alone), environ);
	_exit(127);
}

pid_t exec_run(const struct exec *exec)
{
	pid_t pid;
	int status;

	fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid)
		become(exec);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status) && WEXITSTATUS(status) >= 125)
		fail_msg("%s could not be run", exec->path);
	return pid;
}

const char *exec_copy(const char *suffix)
{
	static char path[256];

	/* Others have to be able to run it, too. */
	assert_int_equal(chmod(test_tmpdir(), 0755), 0);
	snprintf(path, sizeof(path), "%s/x%d%s", test_tmpdir(), (int)getpid(), suffix);
	shell("cp '%s' '%s' && chmod 755 '%s'", test_file("test_example_helper"), path, path);
	return path;
}

const char *exec_name(const char *path)
{
	return strrchr(path, '/') + 1;
}

struct seen {
	const struct tool *tool;
	const char *path;
};

static bool has_seen(void *ctx)
{
	struct seen *seen = ctx;
	struct stat st;

	if (tool_has_ended(seen->tool))
		return true;
	EXEC_RUN(.path = seen->path);
	return !stat(seen->tool->out, &st) && st.st_size > 0;
}

void execs_start(struct tool *tool, const char *path, const char *const *more)
{
	const char *argv[16] = { "execsnoop" };
	struct seen seen = { tool, path };

	for (size_t i = 0; more[i]; i++)
		argv[i + 1] = more[i];
	tool_start(tool, argv, NULL);
	if (!wait_until(has_seen, &seen, 15000))
		fail_msg("execsnoop does not see %s", path);
	if (tool_has_ended(tool))
		tool_wait(tool, -1); /* tells why */
}

static json_t *find(const struct tool *tool, const char *kind, pid_t pid, unsigned int *count)
{
	json_t *event, *found = NULL;
	size_t i;

	*count = 0;
	json_array_foreach(tool->lines, i, event) {
		if (strcmp(json_string_value(json_object_get(event, "event")), kind) ||
		    exec_number(event, "pid") != pid)
			continue;
		found = event;
		(*count)++;
	}
	return found;
}

json_t *exec_event(const struct tool *tool, const char *kind, pid_t pid)
{
	unsigned int count;
	json_t *found = find(tool, kind, pid, &count);

	if (count != 1)
		fail_msg("%u events '%s' of process %d, not one", count, kind, (int)pid);
	return found;
}

unsigned int exec_count(const struct tool *tool, const char *kind, pid_t pid)
{
	unsigned int count;

	find(tool, kind, pid, &count);
	return count;
}

long long exec_number(json_t *event, const char *key)
{
	json_t *value = json_object_get(event, key);

	if (!json_is_integer(value))
		fail_msg("no number '%s' in an event", key);
	return json_integer_value(value);
}
