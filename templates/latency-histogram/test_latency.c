/* SPDX-License-Identifier: 0BSD */
/* Sleeps for a known time, and compares the histogram with this process's own clock. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <skep/skep.h>

#include "latency.skep.h"

#define EXIT_SKIPPED 77
#define NAPS         20
#define NAP_NS       2000000

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* How long all of them took, as this process sees it: the kernel's part is a little less. */
static uint64_t nap(void)
{
	const struct timespec time = { .tv_nsec = NAP_NS };
	uint64_t before = now_ns();

	for (int i = 0; i < NAPS; i++)
		syscall(SYS_nanosleep, &time, NULL);
	return now_ns() - before;
}

static void each_call_is_measured_once_and_rightly(void **state)
{
	SKEP_AUTO(latency) *app = NULL;
	struct skep_hist hist;
	uint64_t took;

	(void)state;
	assert_int_equal(latency_open(&app, NULL), 0);
	latency_consts(app)->number = SYS_nanosleep;
	latency_consts(app)->pid = (uint32_t)getpid();
	if (latency_load(app) || latency_attach(app))
		fail_msg("%s", skep_error_last()->message);
	took = nap();
	getppid(); /* another call, which does not count */
	assert_int_equal(
		skep_hist_get(&hist, skep_object_map(latency_object(app), "call_ns"), NULL), 0);
	assert_int_equal(hist.count, NAPS);
	assert_in_range(skep_hist_mean(&hist), NAP_NS, took / NAPS);
	assert_true(skep_hist_percentile(&hist, 50) >= NAP_NS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_call_is_measured_once_and_rightly),
	};

	if (geteuid()) {
		fprintf(stderr, "skipped: needs root\n");
		return EXIT_SKIPPED;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
