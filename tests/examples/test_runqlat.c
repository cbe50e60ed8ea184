/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* runqlat: how long a process waited is what the kernel says in /proc/PID/schedstat. */
#include <sched.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "harness/machine.h"
#include "harness/test.h"
#include "traces.h"

#define LAST "sched_switch"

static long long cpu_time_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

/* Two processes on one processor: each waits while the other has it. */
static void compete(void)
{
	long long until = cpu_time_ns() + 100000000;
	cpu_set_t one;
	pid_t other;

	CPU_ZERO(&one);
	CPU_SET(0, &one);
	sched_setaffinity(0, sizeof(one), &one);
	other = fork();
	if (!other)
		while (true)
			cpu_time_ns();
	while (cpu_time_ns() < until) {
	}
	kill(other, SIGKILL);
}

struct waits {
	unsigned long long ran_ns, waited_ns, times;
};

static struct waits waits_of(const char *pid)
{
	char path[64];
	struct waits waits;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%s/schedstat", pid);
	file = fopen(path, "re");
	assert_non_null(file);
	assert_int_equal(
		fscanf(file, "%llu %llu %llu", &waits.ran_ns, &waits.waited_ns, &waits.times), 3);
	fclose(file);
	return waits;
}

TEST_WITH(waits_of_a_process_are_those_that_the_kernel_counts, NULL, child_teardown)
{
	struct waits before, after;
	double waited_us, counted_us, times;
	static struct tool tool;
	json_t *line;

	require_root();
	child_start(compete);
	TRACE_START(&tool, LAST, "runqlat", "-j", "-b", "process", "-p", child_pid());
	before = waits_of(child_pid());
	child_act();
	after = waits_of(child_pid());
	tool_stop(&tool, SIGINT, 0);
	assert_int_equal(json_array_size(tool.lines), 1);
	line = json_array_get(tool.lines, 0);
	times = (double)(after.times - before.times);
	waited_us = (double)(after.waited_ns - before.waited_ns) / 1000;
	counted_us = number_of(line, "mean") * number_of(line, "count");
	/* Waits are cut to microseconds, and the kernel looks at its clock a moment earlier. */
	assert_true(number_of(line, "count") >= times - 2 && number_of(line, "count") <= times + 2);
	assert_true(counted_us >= 0.9 * waited_us - 1000 && counted_us <= 1.1 * waited_us + 1000);
	assert_true(counted_us > 20000);
	tool_free(&tool);
}
