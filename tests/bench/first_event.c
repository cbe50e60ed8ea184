/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * first_event MARKER -- TOOL...: how long a tool that prints execs takes from its own start to
 * its first line about MARKER, and how much memory it has used by then. MARKER is run every
 * millisecond meanwhile. The tool writes to a terminal, so that none of them buffers.
 *
 * Prints "MILLISECONDS KIBIBYTES", or a line on standard error and exits 1.
 */
#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LIMIT_S 30

static pid_t start(char **argv, int *terminal)
{
	pid_t pid = forkpty(terminal, NULL, NULL, NULL);

	if (pid)
		return pid;
	execvp(argv[0], argv);
	perror(argv[0]);
	_exit(127);
}

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static pid_t start_markers(const char *marker)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	for (;;) {
		pid_t child = vfork();

		if (!child) {
			execl(marker, marker, (char *)NULL);
			_exit(127);
		}
		waitpid(child, NULL, 0);
		usleep(1000);
	}
}

/* Reads until a whole line about the marker stands there, or the tool is gone. */
static int wait_for(int terminal, const char *marker, double deadline)
{
	static char text[1 << 20];
	size_t used = 0;

	while (now_ms() < deadline && used < sizeof(text) - 1) {
		ssize_t n = read(terminal, text + used, sizeof(text) - 1 - used);
		const char *at;

		if (n <= 0)
			break;
		used += (size_t)n;
		text[used] = '\0';
		at = strstr(text, marker);
		if (at && strchr(at, '\n'))
			return 0;
	}
	fprintf(stderr, "no line about %s came; it said: %.300s\n", marker, text);
	return 1;
}

/* The most it ever had resident, in KiB, as the kernel has it while the process lives. */
static long peak_kib(pid_t pid)
{
	char path[64], line[256];
	long kib = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "VmHWM: %ld", &kib) == 1)
			break;
	if (f)
		fclose(f);
	return kib;
}

int main(int argc, char **argv)
{
	int terminal = -1, err;
	pid_t markers, tool;
	double began, took;
	long kib;

	if (argc < 4 || strcmp(argv[2], "--")) {
		fprintf(stderr, "usage: first_event MARKER -- TOOL...\n");
		return 2;
	}
	markers = start_markers(argv[1]);
	began = now_ms();
	tool = start(argv + 3, &terminal);
	err = wait_for(terminal, argv[1], began + LIMIT_S * 1e3);
	took = now_ms() - began;
	kib = peak_kib(tool);
	kill(markers, SIGKILL);
	waitpid(markers, NULL, 0);
	kill(tool, SIGINT);
	while (read(terminal, (char[4096]){ 0 }, 4096) > 0)
		; /* so that it can say goodbye */
	waitpid(tool, NULL, 0);
	if (!err)
		printf("%.1f %ld\n", took, kib);
	return err;
}
