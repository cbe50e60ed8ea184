/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "peer.h"

#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "harness/test.h"

#define PATIENCE_MS 20000

void peer_require(const char *path, const char *package)
{
	if (access(path, X_OK))
		test_skip("%s is not there (package %s)", path, package);
}

/* Many look for tracepoints in there. What is mounted goes with the process. */
static void mount_tracing(void)
{
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		_exit(125);
	mount("none", "/sys/kernel/tracing", "tracefs", 0, NULL);
	mount("none", "/sys/kernel/debug", "debugfs", 0, NULL);
}

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static bool has_said(const char *path, const char *words)
{
	char text[8192];
	FILE *file = fopen(path, "re");
	size_t n = file ? fread(text, 1, sizeof(text) - 1, file) : 0;

	if (file)
		fclose(file);
	text[n] = '\0';
	return strstr(text, words);
}

/* What ends before it is ready says why on standard error. */
static void give_up(struct peer *peer, bool other, const char *name)
{
	char why[256] = "it said nothing";
	FILE *file = fopen(peer->tool.err, "re");

	if (file && fgets(why, sizeof(why), file))
		why[strcspn(why, "\n")] = '\0';
	if (file)
		fclose(file);
	if (other)
		test_skip("%s does not run here: %s", name, why);
	fail_msg("%s ended: %s", name, why);
}

void peer_start(struct peer *peer, bool other, const char *ready, const char *const *argv)
{
	const struct timespec pause = { .tv_nsec = 1000000 };
	double before = now_ms();

	tool_prepare = other ? mount_tracing : NULL;
	tool_start(&peer->tool, argv, NULL);
	tool_prepare = NULL;
	while (!has_said(peer->tool.out, ready) && !has_said(peer->tool.err, ready)) {
		if (tool_has_ended(&peer->tool))
			give_up(peer, other, argv[0]);
		if (now_ms() - before > test_scaled_ms(PATIENCE_MS))
			fail_msg("%s does not say '%s'", argv[0], ready);
		nanosleep(&pause, NULL);
	}
	peer->start_ms = now_ms() - before;
}

static long peak_kib(pid_t pid)
{
	char path[64], line[256];
	long kib = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file))
		if (!strncmp(line, "VmHWM:", 6))
			kib = strtol(line + 6, NULL, 10);
	if (file)
		fclose(file);
	return kib;
}

void peer_stop(struct peer *peer)
{
	tool_settle(&peer->tool);
	peer->memory_kib = peak_kib(peer->tool.pid);
	tool_stop(&peer->tool, SIGINT, 0);
}

unsigned long peer_count(const struct peer *peer, const char *words)
{
	unsigned long count = 0;
	const char *at = peer->tool.text;

	while ((at = strstr(at, words))) {
		count++;
		at += strcspn(at, "\n");
	}
	return count;
}

static double ms_of(const struct timeval *t)
{
	return (double)t->tv_sec * 1e3 + (double)t->tv_usec / 1e3;
}

static void print_line(const char *name, const struct peer *peer)
{
	const struct rusage *u = &peer->tool.usage;

	print_message("#   %-16s %8.1f ms %8ld KiB %8.1f ms\n", name, peer->start_ms,
		      peer->memory_kib, ms_of(&u->ru_utime) + ms_of(&u->ru_stime));
}

void peer_print(const char *what, const struct peer *ours, const char *other,
		const struct peer *theirs)
{
	print_message("# %-18s %11s %12s %11s\n", what, "ready after", "memory", "CPU");
	print_line("skep", ours);
	print_line(other, theirs);
}
