/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * adopt BEFORE AFTER OBJECT [ROUNDS [MS]]: tests/adopt's tool of libbpf, before and after five changed
 * lines, as it prints the system calls of this process: one every 10 us, and then as fast as they go.
 *
 * A wake-up of the reader is asked for on the traced program's CPU, by an interrupt to itself: those
 * are counted, by /proc/interrupts. What the reader does by itself, its naps, is in its CPU time.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

#define READER_CPU 0
#define TRACED_CPU 1
#define GAP_NS     10000

enum {
	UNTRACED,
	BEFORE,
	AFTER,
	VARIANTS
};

static const char *const names[] = { "not traced", "before", "after" };

struct tool {
	pid_t pid;
	FILE *words;
};

struct measures {
	struct bench_series wakeups, cpu, call_ns, rate, dropped;
};

static const char *object;

static void become(const char *program, int words)
{
	char pid[16];

	snprintf(pid, sizeof(pid), "%d", getppid());
	bench_pin(READER_CPU);
	if (dup2(open("/dev/null", O_WRONLY), STDOUT_FILENO) < 0 || dup2(words, STDERR_FILENO) < 0)
		_exit(126);
	execl(program, program, "-p", pid, "-o", object, (char *)NULL);
	_exit(127);
}

static struct tool start(const char *program)
{
	struct tool tool = { .pid = 0 };
	char line[256];
	int words[2];

	if (!program)
		return tool;
	bench_need(!pipe(words), "pipe()");
	fflush(NULL);
	tool.pid = fork();
	bench_need(tool.pid >= 0, "fork()");
	if (!tool.pid)
		become(program, words[1]);
	close(words[1]);
	tool.words = fdopen(words[0], "r");
	bench_need(tool.words && fgets(line, sizeof(line), tool.words) && strstr(line, "Ctrl-C"),
		   "the tool does not start");
	return tool;
}

/* Ends it; how many it says that were dropped. */
static double stop(struct tool *tool)
{
	char line[256] = "";
	double dropped = 0;

	if (!tool->pid)
		return 0;
	kill(tool->pid, SIGINT);
	bench_need(fgets(line, sizeof(line), tool->words) && sscanf(line, "%lf", &dropped) == 1,
		   "the tool does not say what was dropped");
	fclose(tool->words);
	waitpid(tool->pid, NULL, 0);
	return dropped;
}

static double cpu_ns(const struct tool *tool)
{
	double ns = 0;
	char path[64];
	FILE *file;

	if (!tool->pid)
		return 0;
	snprintf(path, sizeof(path), "/proc/%d/schedstat", tool->pid);
	file = fopen(path, "re");
	bench_need(file && fscanf(file, "%lf", &ns) == 1, "reading /proc/PID/schedstat");
	fclose(file);
	return ns;
}

/* The column of the traced CPU, in the line that every architecture ends with these words. */
static double irq_work(void)
{
	char line[8192];
	double count = -1;
	FILE *file = fopen("/proc/interrupts", "re");

	bench_need(file, "reading /proc/interrupts");
	while (count < 0 && fgets(line, sizeof(line), file)) {
		char *at = strchr(line, ':');

		if (!at++ || !strcasestr(line, "IRQ work interrupts"))
			continue;
		for (int cpu = 0; cpu <= TRACED_CPU; cpu++)
			count = (double)strtoull(at, &at, 10);
	}
	fclose(file);
	bench_need(count >= 0, "/proc/interrupts does not count IRQ work");
	return count;
}

/* A system call every 10 us; its mean ns. */
static double call_paced(double ms)
{
	double next = bench_now_ns(), end = next + ms * 1e6, ns = 0, calls = 0;

	for (double now = next; now < end; now = bench_now_ns()) {
		if (now < next)
			continue;
		syscall(SYS_getppid);
		ns += bench_now_ns() - now;
		calls++;
		next += GAP_NS;
	}
	return ns / calls;
}

/* As many as go; how many. */
static double call_flat_out(double ms)
{
	double end = bench_now_ns() + ms * 1e6, calls = 0;

	do {
		for (int i = 0; i < 100; i++)
			syscall(SYS_getppid);
		calls += 100;
	} while (bench_now_ns() < end);
	return calls;
}

static void run(const char *program, double ms, struct measures *m)
{
	struct tool tool = start(program);
	double wakeups, cpu, calls;

	call_paced(10);
	wakeups = irq_work();
	cpu = cpu_ns(&tool);
	bench_add(&m->call_ns, call_paced(ms));
	bench_add(&m->cpu, (cpu_ns(&tool) - cpu) / (ms * 1e4));
	wakeups = (irq_work() - wakeups) / ms * 1e3;
	bench_add(&m->wakeups, wakeups > 1 ? wakeups : 1); /* a ratio needs something */
	calls = call_flat_out(ms);
	bench_add(&m->rate, calls / ms / 1e3);
	bench_add(&m->dropped, 100 * stop(&tool) / calls);
}

static void report(struct measures m[VARIANTS])
{
	bench_ratio("adopt/wakeups", 10, &m[BEFORE].wakeups, &m[AFTER].wakeups);
	bench_ratio("adopt/cpu", 1, &m[BEFORE].cpu, &m[AFTER].cpu);
	bench_ratio("adopt/call", 1, &m[BEFORE].call_ns, &m[AFTER].call_ns);
	for (int i = 0; i < VARIANTS; i++)
		bench_note("adopt %-10s: %6.0f wake-ups/s, reader %5.1f %% of a CPU, a call "
			   "%5.0f ns; flat out %.2f M calls/s, %.1f %% of them dropped",
			   names[i], bench_median(&m[i].wakeups), bench_median(&m[i].cpu),
			   bench_median(&m[i].call_ns), bench_median(&m[i].rate),
			   bench_median(&m[i].dropped));
}

int main(int argc, char **argv)
{
	static struct measures measures[VARIANTS], warm;
	int rounds = argc > 4 ? atoi(argv[4]) : 7;
	double ms = argc > 5 ? atof(argv[5]) : 300;

	if (argc < 4) {
		fprintf(stderr, "usage: adopt BEFORE AFTER OBJECT [ROUNDS [MS]]\n");
		return 2;
	}
	object = argv[3];
	bench_pin(TRACED_CPU);
	for (int round = -1; round < rounds; round++)
		for (int i = 0; i < VARIANTS; i++) {
			int variant = (i + round + VARIANTS) % VARIANTS;

			run(variant ? argv[variant] : NULL, ms,
			    round < 0 ? &warm : &measures[variant]);
		}
	report(measures);
	return 0;
}
