/* SPDX-License-Identifier: 0BSD */
/*
 * Schedules this machine while a process works, and compares with what /sys/kernel/sched_ext says and what the
 * kernel accounted to that process.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <skep/skep.h>

#include "fifo.skep.h"

#define EXIT_SKIPPED 77
#define NAPS         20
#define CPU_NS       50000000
#define EXIT_UNREG   64 /* of enum scx_exit_kind: we left, */
#define EXIT_SYSRQ   67 /* and: somebody pressed the key */

static const struct timespec moment = { .tv_nsec = 1000000 };

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static void assert_file_says(const char *path, const char *wanted)
{
	char line[128] = "";
	FILE *file = fopen(path, "r");

	if (file) {
		(void)!fgets(line, sizeof(line), file);
		fclose(file);
	}
	line[strcspn(line, "\n")] = '\0';
	assert_string_equal(line, wanted);
}

/* A process that uses a known time, and sleeps now and then; and what the kernel says of it. */
static struct rusage work(void)
{
	struct rusage usage;
	int status;
	pid_t pid = fork();

	if (!pid) {
		for (int i = 1; i <= NAPS; i++) {
			while (clock_ns(CLOCK_PROCESS_CPUTIME_ID) <
			       (uint64_t)CPU_NS / NAPS * (uint64_t)i)
				;
			nanosleep(&moment, NULL);
		}
		_exit(0);
	}
	wait4(pid, &status, 0, &usage);
	assert_int_equal(status, 0);
	return usage;
}

static struct cpu sum(struct fifo *app)
{
	SKEP_AUTO_VIEW(SKEP_PERCPU_VIEW(struct cpu)) cpus = { NULL };
	struct cpu all = { 0 };
	uint32_t first = 0;

	assert_int_equal(skep_percpu_new(&cpus, fifo_map_cpus(app)), 0);
	assert_int_equal(skep_percpu_get(fifo_map_cpus(app), &first, cpus), 0);
	all.ran = skep_percpu_sum_of(cpus, ran);
	all.busy_ns = skep_percpu_sum_of(cpus, busy_ns);
	return all;
}

static struct fifo *start(void)
{
	struct fifo *app = NULL;

	assert_file_says("/sys/kernel/sched_ext/state", "disabled");
	if (fifo_open(&app, NULL) || fifo_load(app) || fifo_attach(app))
		fail_msg("%s", skep_error_last()->message);
	assert_file_says("/sys/kernel/sched_ext/state", "enabled");
	assert_file_says("/sys/kernel/sched_ext/root/ops", SCHEDULER_NAME);
	return app;
}

static void processes_run_by_it_and_are_counted(void **state)
{
	SKEP_AUTO(fifo) *app = start();
	uint64_t began = clock_ns(CLOCK_MONOTONIC), took;
	struct rusage usage;
	struct cpu all;

	(void)state;
	usage = work();
	took = clock_ns(CLOCK_MONOTONIC) - began;
	fifo_detach(app);
	took += clock_ns(CLOCK_MONOTONIC) - began; /* with what it did before and after */
	all = sum(app);
	assert_true(usage.ru_nvcsw >= NAPS / 2); /* a short one may be over before it began */
	assert_true(all.ran >= (uint64_t)(usage.ru_nvcsw + usage.ru_nivcsw));
	/* The clocks are not read at the same moment: a tenth. */
	assert_in_range(all.busy_ns, CPU_NS / 10 * 9,
			took * (uint64_t)sysconf(_SC_NPROCESSORS_CONF));
}

static void who_leaves_gives_all_back_to_the_kernel(void **state)
{
	SKEP_AUTO(fifo) *app = start();
	struct cpu before, after;

	(void)state;
	assert_int_equal(fifo_bss(app)->ending.kind, 0);
	fifo_detach(app);
	assert_file_says("/sys/kernel/sched_ext/state", "disabled");
	assert_int_equal(fifo_bss(app)->ending.kind, EXIT_UNREG);
	assert_string_not_equal(fifo_bss(app)->ending.reason, "");
	before = sum(app);
	work();
	after = sum(app);
	assert_int_equal(after.ran, before.ran);
}

static void who_is_sent_away_knows_why(void **state)
{
	SKEP_AUTO(fifo) *app = start();
	FILE *trigger = fopen("/proc/sysrq-trigger", "w");

	(void)state;
	if (!trigger)
		skip();
	assert_int_not_equal(fputc('S', trigger), EOF);
	assert_int_equal(fclose(trigger), 0);
	for (int i = 0; i < 10000 && !*(volatile uint32_t *)&fifo_bss(app)->ending.kind; i++)
		nanosleep(&moment, NULL);
	assert_int_equal(fifo_bss(app)->ending.kind, EXIT_SYSRQ);
	fifo_detach(app);
	assert_file_says("/sys/kernel/sched_ext/state", "disabled");
}

/* Not every kernel can: the reason is worth more than a failure. */
static int can_run(void)
{
	const struct skep_finding *finding = skep_kernel_finding(SKEP_CAN_SCHED_EXT);

	if (finding->answer == SKEP_YES)
		return 1;
	fprintf(stderr, "skipped: %s\n", finding->why);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(processes_run_by_it_and_are_counted),
		cmocka_unit_test(who_leaves_gives_all_back_to_the_kernel),
		cmocka_unit_test(who_is_sent_away_knows_why),
	};

	if (geteuid()) {
		fprintf(stderr, "skipped: needs root\n");
		return EXIT_SKIPPED;
	}
	if (!can_run())
		return EXIT_SKIPPED;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
