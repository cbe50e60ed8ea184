/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "tool_child.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <skep/error.h>

#include "harness/test.h"

static char *path_of(const char *name)
{
	static char paths[2][300];
	static int next;
	char *path = paths[next++ % 2];

	snprintf(path, sizeof(paths[0]), "%s/%s", test_tmpdir(), name);
	return path;
}

static void become(const struct child_plan *plan, const char *const *args, int out, int err)
{
	char **argv = (char **)(uintptr_t)args;
	struct skep_tool *tool = NULL;
	int argc = 0, status;

	while (argv[argc])
		argc++;
	/* The harness keeps what it prints in a buffer of its own. */
	if (dup2(out, STDOUT_FILENO) < 0 || dup2(err, STDERR_FILENO) < 0)
		_exit(126);
	if (plan->before)
		plan->before();
	if (skep_tool_new(&tool, argc, argv, plan->opts)) {
		status = skep_perror("probe");
		fflush(NULL);
		_exit(status + 100);
	}
	status = plan->body ? plan->body(tool) : skep_tool_end(tool);
	skep_tool_free(tool);
	fflush(stderr);
	_exit(status);
}

pid_t child_start(const struct child_plan *plan, const char *const *args)
{
	int out = plan->out, err;
	pid_t pid;

	if (!out)
		out = open(path_of("out"), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	err = open(path_of("err"), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_true(out >= 0 && err >= 0);
	fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid)
		become(plan, args, out, err);
	if (out != plan->out)
		close(out);
	close(err);
	return pid;
}

static void take(const char *name, char *text, size_t room)
{
	int fd = open(path_of(name), O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, text, room - 1);

	if (fd >= 0)
		close(fd);
	assert_true(n >= 0);
	text[n] = '\0';
}

void child_wait(struct child *child, pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	child->status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
	take("out", child->out, sizeof(child->out));
	take("err", child->err, sizeof(child->err));
}

void child_run(struct child *child, const struct child_plan *plan, const char *const *args)
{
	child_wait(child, child_start(plan, args));
}

size_t child_lines(const char *text)
{
	size_t lines = 0;

	for (; *text; text++)
		lines += *text == '\n';
	return lines;
}
