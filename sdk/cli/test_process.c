/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Children of `skep test`. Signals are blocked and asked for, so that none comes between. */
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static sigset_t before, ours;
static int stopped; /* by which signal */

void test_process_catch_signals(void)
{
	static const int asked[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGCHLD };

	/* Whoever called may ignore these; then nobody could wait for children. */
	signal(SIGCHLD, SIG_DFL);
	sigemptyset(&ours);
	for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++)
		sigaddset(&ours, asked[i]);
	sigprocmask(SIG_BLOCK, &ours, &before);
}

static int open_for(const char *path, int to)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);

	return fd < 0 || dup2(fd, to) < 0 ? -1 : 0;
}

__attribute__((noreturn)) static void become(const struct test_process *process, pid_t parent)
{
	int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);

	setpgid(0, 0);
	sigprocmask(SIG_SETMASK, &before, NULL);
	/* Who kills us without asking still ends our machines: scripts clean up at SIGTERM. */
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent || nothing < 0 || dup2(nothing, STDIN_FILENO) < 0 ||
	    (process->dir && chdir(process->dir)))
		_exit(126);
	if (process->output && open_for(process->output, STDOUT_FILENO))
		_exit(126);
	if (process->errors   ? open_for(process->errors, STDERR_FILENO)
	    : process->output ? dup2(STDOUT_FILENO, STDERR_FILENO) < 0
			      : 0)
		_exit(126);
	/* execvp() takes the arguments as they are. */
	execvp(process->argv[0], (char *const *)(uintptr_t)process->argv);
	_exit(127);
}

pid_t test_process_start(const struct test_process *process)
{
	pid_t parent = getpid(), pid;

	fflush(NULL);
	pid = fork();
	if (pid < 0)
		return -errno;
	if (!pid)
		become(process, parent);
	setpgid(pid, pid); /* here too: it may be ended before it comes to that itself */
	return pid;
}

pid_t test_process_wait(int *status)
{
	while (!stopped) {
		pid_t pid = waitpid(-1, status, WNOHANG);
		int signal;

		if (pid > 0)
			return pid;
		if (pid < 0)
			return -errno;
		signal = sigwaitinfo(&ours, NULL);
		if (signal > 0 && signal != SIGCHLD)
			stopped = signal;
	}
	return -EINTR;
}

void test_process_end(pid_t pid, bool reap)
{
	const struct timespec moment = { .tv_nsec = 20 * 1000 * 1000 };

	kill(-pid, SIGTERM);
	/* Scripts end their machine and remove what they made: seconds on a busy host. */
	for (int i = 0; reap && i < 250; i++) {
		if (waitpid(pid, NULL, WNOHANG)) {
			reap = false;
			break;
		}
		nanosleep(&moment, NULL);
	}
	kill(-pid, SIGKILL);
	if (reap)
		waitpid(pid, NULL, 0);
}

int test_process_run(const struct test_process *process)
{
	pid_t pid = test_process_start(process), ended;
	int status = 0;

	if (pid < 0)
		return (int)pid;
	do
		ended = test_process_wait(&status);
	while (ended > 0 && ended != pid);
	test_process_end(pid, ended < 0);
	if (ended < 0)
		return (int)ended;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

void test_process_die(void)
{
	if (!stopped)
		return;
	signal(stopped, SIG_DFL);
	sigprocmask(SIG_SETMASK, &before, NULL);
	raise(stopped);
}
