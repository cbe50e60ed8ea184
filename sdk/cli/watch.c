/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Two processes: the one that was called waits and ends as the command does; its child traces the
 * command. So the child can stay behind where the command leaves something running, which needs
 * its tracer to call bpf(2). Where the first is killed, the child and the command are too.
 */
#include "watch.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli.h"
#include "watch_parts.h"

enum {
	EXIT_NOT_WATCHED = 125,
	EXIT_NOT_EXECUTABLE = 126,
	EXIT_NOT_FOUND = 127,
};

enum message_kind {
	STARTED, /* value: the command's pid */
	ENDED,
	STATUS, /* value: ours */
	KILLED, /* value: the signal */
};

struct message {
	enum message_kind kind;
	int value;
};

struct tracer {
	struct watch watch; /* the first: on_end() finds the rest */
	const char *what;
	const struct show *show;
	const char *output;
	char **command;
	int to; /* the first process */
};

static void send_message(int to, enum message_kind kind, int value)
{
	const struct message message = { kind, value };
	ssize_t n;

	do
		n = write(to, &message, sizeof(message));
	while (n < 0 && errno == EINTR);
}

static void command_ended(struct watch *watch)
{
	send_message(((struct tracer *)watch)->to, ENDED, 0);
}

static int cannot_watch(const char *what, int error)
{
	const char *hint = "ptrace is forbidden here: by a container (--cap-add SYS_PTRACE), or by "
			   "/proc/sys/kernel/yama/ptrace_scope";

	if (error == EBUSY)
		hint = "it is traced already, by a debugger, strace or another `skep explain`, and "
		       "a process has one tracer";
	else if (error == ENOSYS || error == EINVAL)
		hint = "this needs Linux 5.6 or newer, with seccomp filters";
	else if (error != EPERM && error != EACCES)
		hint = NULL;
	cli_fail(what, hint, "cannot watch a command: %s", strerror(error));
	return EXIT_NOT_WATCHED;
}

/* The command did not begin: why. */
static int not_begun(const struct tracer *t, const struct watch_report *report)
{
	const char *command = t->command[0];

	if (report->of_filter)
		return cannot_watch(t->what, report->error ? report->error : EPERM);
	if (report->error == ENOENT && !strchr(command, '/'))
		cli_fail(t->what, NULL, "no such command: %s", command);
	else
		cli_fail(t->what, NULL, "cannot run %s: %s", command, strerror(report->error));
	return report->error == ENOENT ? EXIT_NOT_FOUND : EXIT_NOT_EXECUTABLE;
}

/* The last that it said; what was read before is of its filter. */
static void read_reports(int from, struct watch_report *filter, struct watch_report *last)
{
	struct watch_report report;

	*filter = *last = (struct watch_report){ .of_filter = true };
	while (read(from, &report, sizeof(report)) == sizeof(report)) {
		if (report.of_filter)
			*filter = report;
		*last = report;
	}
	close(from);
}

/* Where nobody may get privileges, sudo does not work: that is said, but for who has them. */
static bool wants_privileges(const char *command)
{
	char path[4096];
	const char *at = getenv("PATH");
	struct stat st;

	if (strchr(command, '/'))
		return !stat(command, &st) && (st.st_mode & S_ISUID) && st.st_uid != geteuid();
	while (at && *at) {
		size_t n = strcspn(at, ":");

		snprintf(path, sizeof(path), "%.*s/%s", (int)n, at, command);
		if (!access(path, X_OK))
			return wants_privileges(path);
		at += n + (at[n] == ':');
	}
	return false;
}

static int finish(struct tracer *t, int *killed)
{
	struct watch *watch = &t->watch;
	bool failed = !WIFEXITED(watch->status) || WEXITSTATUS(watch->status);
	int code = watch_report(t->what, t->show, t->output, &watch->refusals, failed);

	watch_refusals_free(&watch->refusals);
	if (code != EXIT_OK)
		return code;
	if (!WIFEXITED(watch->status))
		*killed = WTERMSIG(watch->status);
	return WIFEXITED(watch->status) ? WEXITSTATUS(watch->status) : 0;
}

/* What is left goes on as it would alone, and its tracer is not seen any more. */
static void stay_behind(struct tracer *t, enum message_kind kind, int value)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	fprintf(stderr, "%s: what the command left running (pid %d) is not watched any more\n",
		t->what, (int)watch_left_over(&t->watch));
	fflush(NULL);
	setsid();
	for (int fd = 0; null >= 0 && fd <= 2; fd++)
		dup2(null, fd);
	/* The first process ends at this message, and must not take us with it. */
	prctl(PR_SET_PDEATHSIG, 0);
	send_message(t->to, kind, value);
	close(t->to);
	watch_trace_rest(&t->watch);
}

static void raise_limit(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files))
		return;
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
}

/* To its end; what the first process shall return was sent to it. */
static void trace(struct tracer *t)
{
	struct watch_report filter, last;
	struct watch_start start;
	int killed = 0, code, err = watch_start(&start, t->command);

	watch_signals_ignore();
	if (err) {
		send_message(t->to, STATUS, cannot_watch(t->what, -err));
		return;
	}
	raise_limit();
	t->watch.pid = start.pid;
	send_message(t->to, STARTED, start.pid);
	watch_trace(&t->watch);
	read_reports(start.reports, &filter, &last);
	if (!t->watch.begun) {
		send_message(t->to, STATUS, not_begun(t, &last));
		return;
	}
	if (filter.no_new_privileges && wants_privileges(t->command[0]))
		cli_fail(t->what, "`sudo skep explain -- COMMAND` watches as root",
			 "%s got no privileges: whom an ordinary user watches gets none",
			 t->command[0]);
	code = finish(t, &killed);
	fflush(NULL);
	if (t->watch.left_over)
		stay_behind(t, killed ? KILLED : STATUS, killed ? killed : code);
	else
		send_message(t->to, killed ? KILLED : STATUS, killed ? killed : code);
}

static int wait_for(const char *what, int from, pid_t tracer)
{
	struct message message;
	ssize_t n;
	int status;

	for (;;) {
		n = read(from, &message, sizeof(message));
		if (n < 0 && errno == EINTR)
			continue;
		if (n != sizeof(message))
			break;
		if (message.kind == STARTED)
			watch_signals_forward(message.value);
		else if (message.kind == ENDED)
			watch_signals_forward(0);
		else if (message.kind == KILLED)
			watch_signals_die(message.value);
		else
			return message.value;
	}
	if (waitpid(tracer, &status, 0) == tracer && WIFSIGNALED(status))
		cli_fail(what, NULL, "the process that watched was killed: %s",
			 strsignal(WTERMSIG(status)));
	return EXIT_NOT_WATCHED;
}

int watch_command(const char *what, const struct show *show, const char *output, char **command)
{
	struct tracer tracer = { .what = what, .show = show, .output = output, .command = command };
	pid_t self = getpid(), pid;
	int messages[2];

	if (pipe2(messages, O_CLOEXEC))
		return cannot_watch(what, errno);
	watch_signals_take();
	pid = fork();
	if (pid < 0)
		return cannot_watch(what, errno);
	if (pid) {
		close(messages[1]);
		return wait_for(what, messages[0], pid);
	}
	close(messages[0]);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != self)
		_exit(EXIT_NOT_WATCHED);
	tracer.to = messages[1];
	tracer.watch.stop_too = self;
	tracer.watch.on_end = command_ended;
	trace(&tracer);
	fflush(NULL);
	_exit(0);
}
