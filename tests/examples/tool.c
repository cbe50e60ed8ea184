/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "tool.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "harness/machine.h"
#include "harness/test.h"

#define PATIENCE_MS 15000

static struct tool *running[4];
void (*tool_prepare)(void);

static char *read_file(const char *path)
{
	struct stat st;
	char *text;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0 && !fstat(fd, &st));
	text = calloc(1, (size_t)st.st_size + 1);
	assert_non_null(text);
	assert_int_equal(read(fd, text, (size_t)st.st_size), st.st_size);
	close(fd);
	return text;
}

static void remember(struct tool *tool, bool on)
{
	for (size_t i = 0; i < 4; i++)
		if (running[i] == (on ? NULL : tool)) {
			running[i] = on ? tool : NULL;
			return;
		}
}

static void become(const struct tool *tool, const char *const *argv)
{
	int out = open(tool->out, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	int err = open(tool->err, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (out < 0 || err < 0 || dup2(out, STDOUT_FILENO) < 0 || dup2(err, STDERR_FILENO) < 0)
		_exit(126);
	/* Who runs the tests may have them ignore Ctrl-C. */
	signal(SIGINT, SIG_DFL);
	if (tool_prepare)
		tool_prepare();
	execv(strchr(argv[0], '/') ? argv[0] : test_file(argv[0]), (char *const *)(uintptr_t)argv);
	_exit(127);
}

bool tool_has_ended(const struct tool *tool)
{
	siginfo_t info = { 0 };

	return !waitid(P_PID, (id_t)tool->pid, &info, WEXITED | WNOHANG | WNOWAIT) && info.si_pid;
}

struct wait {
	const struct tool *tool;
	const char *words;
};

static bool said_or_ended(void *ctx)
{
	struct wait *wait = ctx;
	char *out, *err;
	bool said;

	if (access(wait->tool->out, F_OK) || access(wait->tool->err, F_OK))
		return false;
	out = read_file(wait->tool->out);
	err = read_file(wait->tool->err);
	said = wait->words && (strstr(out, wait->words) || strstr(err, wait->words));
	free(out);
	free(err);
	return said || tool_has_ended(wait->tool);
}

void tool_start(struct tool *tool, const char *const *argv, const char *ready)
{
	struct wait wait = { .tool = tool, .words = ready };
	static int number;

	*tool = (struct tool){ 0 };
	number++;
	snprintf(tool->out, sizeof(tool->out), "%s/%d.out", test_tmpdir(), number);
	snprintf(tool->err, sizeof(tool->err), "%s/%d.err", test_tmpdir(), number);
	if (!strchr(argv[0], '/'))
		test_file(argv[0]);
	fflush(NULL);
	tool->pid = fork();
	assert_true(tool->pid >= 0);
	if (!tool->pid)
		become(tool, argv);
	remember(tool, true);
	if (!ready)
		return;
	if (!wait_until(said_or_ended, &wait, PATIENCE_MS))
		fail_msg("%s did not start", argv[0]);
	if (waitpid(tool->pid, NULL, WNOHANG)) {
		tool->pid = 0;
		fail_msg("%s ended: %s", argv[0], read_file(tool->err));
	}
}

static bool has_ended(void *ctx)
{
	return tool_has_ended(ctx);
}

static json_t *parse_lines(const char *text)
{
	json_t *lines = json_array();

	while (*text) {
		size_t bytes = strcspn(text, "\n");
		json_error_t error;
		json_t *line = json_loadb(text, bytes, JSON_REJECT_DUPLICATES, &error);

		if (!json_is_object(line))
			fail_msg("no JSON object (%s): %.*s", error.text, (int)bytes, text);
		json_array_append_new(lines, line);
		text += bytes + (text[bytes] == '\n');
	}
	return lines;
}

void tool_wait(struct tool *tool, int status)
{
	int is;

	if (!wait_until(has_ended, tool, PATIENCE_MS))
		fail_msg("it does not end");
	assert_int_equal(wait4(tool->pid, &is, 0, &tool->usage), tool->pid);
	tool->pid = 0;
	tool->text = read_file(tool->out);
	tool->words = read_file(tool->err);
	if (WIFSIGNALED(is) || WEXITSTATUS(is) != status)
		fail_msg("ended with %#x: %s", (unsigned int)is, tool->words);
	if (*tool->text == '{')
		tool->lines = parse_lines(tool->text);
}

void tool_stop(struct tool *tool, int signal, int status)
{
	tool_settle(tool);
	assert_int_equal(kill(tool->pid, signal), 0);
	tool_wait(tool, status);
}

void tool_free(struct tool *tool)
{
	remember(tool, false);
	if (tool->pid > 0) {
		kill(tool->pid, SIGKILL);
		waitpid(tool->pid, NULL, 0);
	}
	free(tool->text);
	free(tool->words);
	json_decref(tool->lines);
	*tool = (struct tool){ 0 };
}

void tool_teardown(void **state)
{
	(void)state;
	for (size_t i = 0; i < 4; i++)
		if (running[i])
			tool_free(running[i]);
}

void tool_settle(const struct tool *tool)
{
	const struct timespec pause = { .tv_nsec = 50000000 };
	long long before = -1;

	for (int quiet = 0; quiet < 3; quiet++) {
		struct stat st;

		nanosleep(&pause, NULL);
		if (stat(tool->out, &st) || st.st_size != before)
			quiet = 0;
		before = st.st_size;
	}
}

void tool_summary(const struct tool *tool, unsigned long *events, unsigned long *dropped)
{
	const char *at = strstr(tool->words, " events, ");

	assert_non_null(at);
	while (at > tool->words && at[-1] >= '0' && at[-1] <= '9')
		at--;
	assert_int_equal(sscanf(at, "%lu events, %lu dropped", events, dropped), 2);
}

void tool_assert_all(const struct tool *tool, unsigned long counted, unsigned long all)
{
	const char *at = strstr(tool->words, " dropped, ");
	unsigned long missed = 0;

	if (at && sscanf(at, " dropped, %lu missed", &missed) != 1)
		fail_msg("no number of misses: %s", tool->words);
	if (counted > all || counted + missed < all)
		fail_msg("%lu of %lu, %lu missed by the kernel", counted, all, missed);
}

void shell(const char *format, ...)
{
	char line[8192];
	va_list args;
	int status;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	fflush(NULL);
	status = system(line);
	if (status)
		fail_msg("status %#x: %s", (unsigned int)status, line);
}
