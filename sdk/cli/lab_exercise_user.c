/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Exercises 29 and 30: the learner's user side, run as a process of its own. */
#include "lab_check.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define DEADLINE_MS 25000 /* also under emulation; a program that ends by itself ends long before */

struct process {
	pid_t pid;
	int output; /* standard output and error */
	char text[1024];
	size_t used;
	bool ended;
	int64_t deadline_ms;
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static _Noreturn void become(const char *program, const char *argument, int output)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL); /* those that the command holds back */
	setpgid(0, 0);                         /* with what it starts, it can be ended as one */
	if (dup2(output, STDOUT_FILENO) >= 0 && dup2(output, STDERR_FILENO) >= 0)
		execl(program, program, argument, (char *)NULL);
	_exit(127);
}

static int start(struct lab_run *run, struct process *process, const char *argument)
{
	int fds[2];

	*process = (struct process){ .deadline_ms = now_ms() + DEADLINE_MS };
	if (pipe2(fds, O_CLOEXEC))
		return lab_cannot(run, "cannot make a pipe: %s", strerror(errno));
	fflush(NULL);
	process->pid = fork();
	if (!process->pid)
		become(run->made->program, argument, fds[1]);
	close(fds[1]);
	process->output = fds[0];
	if (process->pid > 0)
		return 0;
	close(fds[0]);
	return lab_cannot(run, "cannot start a process: %s", strerror(errno));
}

/* Ctrl-C, which the command holds back until it has cleaned up. */
static bool is_interrupted(void)
{
	sigset_t pending;

	return !sigpending(&pending) &&
	       (sigismember(&pending, SIGINT) || sigismember(&pending, SIGTERM));
}

/* Until it has printed the line, or for NULL until it ends. Whether that came in time. */
static bool read_until(struct process *process, const char *line)
{
	while (!process->ended) {
		int64_t left = process->deadline_ms - now_ms();
		struct pollfd fd = { .fd = process->output, .events = POLLIN };
		char waste[512];
		size_t room = sizeof(process->text) - 1 - process->used;
		ssize_t n;

		if (line && strstr(process->text, line))
			return true;
		if (left <= 0 || is_interrupted() ||
		    (poll(&fd, 1, left < 200 ? (int)left : 200) < 0 && errno != EINTR))
			return false;
		if (!fd.revents)
			continue;
		n = read(process->output, room ? process->text + process->used : waste,
			 room ? room : sizeof(waste));
		if (n > 0 && room)
			process->used += (size_t)n;
		process->ended = n <= 0;
	}
	return !line || strstr(process->text, line);
}

/* Its exit status; 128 and more for a signal, also ours. */
static int finish(struct process *process)
{
	int status = 0;

	if (!read_until(process, NULL))
		kill(-process->pid, SIGKILL);
	close(process->output);
	while (waitpid(process->pid, &status, 0) < 0 && errno == EINTR)
		;
	kill(-process->pid, SIGKILL); /* what it has started and left */
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int cause_calls(uint32_t mark, uint64_t *sum)
{
	uint32_t count = lab_random(200, 900);

	for (uint32_t i = 0; i < count; i++) {
		uint32_t value = lab_random(1, 1000000);

		*sum += value;
		syscall(SYS_getppid, (long)value, (long)mark, 0L);
		/* Of nobody's, between those that count. */
		syscall(SYS_getppid, (long)value, (long)mark + 1, 0L);
	}
	syscall(SYS_getppid, 77L, (long)mark, 1L);
	return 0;
}

static int judge_sum(struct lab_run *run, const struct process *process, int status, uint64_t sum)
{
	const char *after = strstr(process->text, "ready\n");
	unsigned long long found = 0;
	char *end;

	if (!after)
		return lab_wrong(run, "the program ended with %d, without the line \"ready\"%s%s",
				 status, process->used ? "; it printed:\n" : "", process->text);
	after += strlen("ready\n");
	found = strtoull(after, &end, 10);
	if (status > 128)
		return lab_wrong(run,
				 "the program did not end by itself (signal %d): is the record "
				 "whose `last` is set looked for?",
				 status - 128);
	if (status || end == after || strcmp(end, "\n") != 0)
		return lab_wrong(run,
				 "after \"ready\" one line with the sum was expected, and the "
				 "exit status 0\n  found    %d and: %.200s",
				 status, after);
	return lab_expect(run, found, sum, "the sum that was printed:");
}

/* Not satisfied by: a fixed sum, one that was there before "ready", records of others, the last one. */
int lab_consumer(struct lab_run *run)
{
	struct process process;
	uint32_t mark = lab_random(100000000, 2000000000);
	char argument[16];
	uint64_t sum = 0;
	int status;

	snprintf(argument, sizeof(argument), "%u", mark);
	if (start(run, &process, argument))
		return -1;
	if (read_until(&process, "ready\n"))
		cause_calls(mark, &sum);
	status = finish(&process);
	return judge_sum(run, &process, status, sum);
}

/* The object by a number, so that nothing but what it does tells which one it is. */
static int try_test(struct lab_run *run, const char *object, struct process *process, int *status)
{
	char argument[32];
	int fd = open(object, O_RDONLY); /* inherited */

	if (fd < 0)
		return lab_cannot(run, "%s: %s", object, strerror(errno));
	snprintf(argument, sizeof(argument), "/proc/self/fd/%d", fd);
	if (start(run, process, argument)) {
		close(fd);
		return -1;
	}
	*status = finish(process);
	close(fd);
	return 0;
}

/* Not satisfied by: 0 always, 1 always, or looking at a few values only. */
int lab_own_test(struct lab_run *run)
{
	static const char *const mistakes[] = {
		"does not look at the lowest",
		"is wrong at the highest",
		"takes large numbers for negative ones",
	};
	struct process process;
	char path[4200];
	int status;

	if (try_test(run, run->made->object, &process, &status))
		return -1;
	if (status)
		return lab_wrong(run,
				 "of a limit() that is right your test\n  expected exit status 0\n"
				 "  found    %d%s%.200s",
				 status, process.used ? "; it printed: " : "", process.text);
	for (int i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s%d.bpf.o", run->made->wrongs, i + 1);
		if (try_test(run, path, &process, &status))
			return -1;
		if (status != 1)
			return lab_wrong(run,
					 "of a limit() that %s your test\n"
					 "  expected exit status 1\n  found    %d",
					 mistakes[i], status);
	}
	return 0;
}
