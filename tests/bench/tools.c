/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * tools NAME ROUNDS OURS... -- PEER...: what a tool costs a system call that it does not print, and how
 * long it takes to start. A round measures getppid() with nothing attached, with ours and with the
 * peer, in turn; the tools' orders change from round to round.
 *
 * Each is ready when the last of its links is there: /proc/PID/fdinfo tells. What they print goes
 * nowhere. SKEP_BENCH_CALLS: how many calls a measure has, 2000000 if it is not set.
 */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

#define TOOL_CPU 0
#define CALL_CPU 1
#define CHUNKS   400
#define QUIET_NS 3e8 /* longer than any of them needs between two links */
#define LIMIT_NS 3e10

static long calls = 2000000;

/* The least of so many chunks: whatever else runs on this machine only makes one longer. */
static double call_ns(void)
{
	double least = 1e9;

	for (int chunk = 0; chunk < CHUNKS; chunk++) {
		double before = bench_now_ns(), each;

		for (long i = 0; i < calls / CHUNKS; i++)
			syscall(SYS_getppid);
		each = (bench_now_ns() - before) / (double)(calls / CHUNKS);
		least = each < least ? each : least;
	}
	return least;
}

static bool is_link(const char *folder, const char *file)
{
	char path[512], text[512];
	ssize_t bytes;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", folder, file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	bytes = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);
	if (fd >= 0)
		close(fd);
	text[bytes > 0 ? bytes : 0] = '\0';
	return strstr(text, "link_type:");
}

static int count_links(pid_t pid)
{
	struct dirent *entry;
	char folder[64];
	int links = 0;
	DIR *dir;

	snprintf(folder, sizeof(folder), "/proc/%d/fdinfo", (int)pid);
	dir = opendir(folder);
	while (dir && (entry = readdir(dir)))
		links += entry->d_name[0] != '.' && is_link(folder, entry->d_name);
	if (dir)
		closedir(dir);
	return links;
}

static void become(char **argv)
{
	int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);

	bench_pin(TOOL_CPU);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (dup2(nowhere, STDOUT_FILENO) < 0 || dup2(nowhere, STDERR_FILENO) < 0)
		_exit(126);
	execv(argv[0], argv);
	_exit(127);
}

/* How long it took until it had the last of its links. */
static double start(pid_t *pid, char **argv)
{
	double began = bench_now_ns(), last = began, now;
	int links = 0;

	*pid = fork();
	bench_need(*pid >= 0, "fork()");
	if (!*pid)
		become(argv);
	do {
		int count = count_links(*pid);

		now = bench_now_ns();
		if (count != links)
			last = now;
		links = count;
		usleep(200);
		bench_need(!waitpid(*pid, NULL, WNOHANG) && now - began < LIMIT_NS, argv[0]);
	} while (!links || now - last < QUIET_NS);
	return last - began;
}

static void measure(char **argv, double nothing, struct bench_series *cost,
		    struct bench_series *ready)
{
	pid_t pid;
	double ms = start(&pid, argv) / 1e6;

	bench_add(cost, call_ns() - nothing);
	bench_add(ready, ms);
	kill(pid, SIGINT);
	waitpid(pid, NULL, 0);
}

int main(int argc, char **argv)
{
	struct bench_series untraced = { "nothing", { 0 }, 0 };
	struct bench_series cost[2] = { { "ours", { 0 }, 0 }, { "peer", { 0 }, 0 } }, ready[2];
	int rounds = argc > 2 ? atoi(argv[2]) : 0, dashes = 3;
	char **tools[2], name[64];

	while (dashes < argc && strcmp(argv[dashes], "--") != 0)
		dashes++;
	if (rounds < 1 || dashes + 1 >= argc) {
		fprintf(stderr, "usage: tools NAME ROUNDS OURS... -- PEER...\n");
		return 2;
	}
	if (getenv("SKEP_BENCH_CALLS"))
		calls = atol(getenv("SKEP_BENCH_CALLS"));
	argv[dashes] = NULL;
	tools[0] = argv + 3;
	tools[1] = argv + dashes + 1;
	memcpy(ready, cost, sizeof(ready));
	bench_pin(CALL_CPU);
	for (int round = 0; round < rounds; round++) {
		double nothing = call_ns();

		bench_add(&untraced, nothing);
		for (int k = 0; k < 2; k++) {
			int i = (k + round) % 2;

			measure(tools[i], nothing, &cost[i], &ready[i]);
		}
	}
	snprintf(name, sizeof(name), "tools/%s/call", argv[1]);
	bench_ratio(name, 1, &cost[1], &cost[0]);
	snprintf(name, sizeof(name), "tools/%s/ready", argv[1]);
	bench_ratio(name, 1, &ready[1], &ready[0]);
	bench_note("%s: getppid() %.0f ns; and with the peer +%.0f, ours +%.0f; ready after ms: "
		   "peer %.1f, ours %.1f",
		   argv[1], bench_median(&untraced), bench_median(&cost[1]), bench_median(&cost[0]),
		   bench_median(&ready[1]), bench_median(&ready[0]));
	return 0;
}
