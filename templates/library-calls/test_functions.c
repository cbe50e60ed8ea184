/* SPDX-License-Identifier: 0BSD */
/* Calls functions of a library of its own, known times for known times, and compares. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <skep/skep.h>

#include "functions.skep.h"
#include "parts.h"
#include "watch.h"

#define EXIT_SKIPPED 77
#define NAP_MS       2

static struct functions *app;
static struct skep_link *calls, *returns;

static int start(void **state)
{
	(void)state;
	if (functions_open(&app, NULL) || functions_load(app) ||
	    watch(&calls, &returns, app, LIBRARY, "part_*", getpid()))
		return skep_perror("start");
	return 0;
}

static int stop(void **state)
{
	(void)state;
	skep_link_free(calls);
	skep_link_free(returns);
	functions_free(app);
	return 0;
}

/* What is known of a function; a count of 0: that it was not called. */
static struct skep_hist took(const char *function)
{
	struct skep_hist hist = { 0 };
	uint32_t number = 0;
	int err;

	while (watch_name(number) && strcmp(watch_name(number), function))
		number++;
	assert_non_null(watch_name(number));
	err = watch_read(&hist, app, number);
	assert_true(!err || err == -ENOENT);
	return hist;
}

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static void functions_that_fit_are_found_by_name(void **state)
{
	int parts = 0;

	(void)state;
	for (uint32_t i = 0; watch_name(i); i++, parts++)
		assert_memory_equal(watch_name(i), "part_", 5);
	assert_int_equal(parts, 6);
	other(); /* does not fit */
	assert_int_equal(took("part_spare").count, 0);
}

static void calls_are_counted_and_measured(void **state)
{
	uint64_t before = now_ns();
	struct skep_hist hist;

	(void)state;
	for (int i = 0; i < 5; i++)
		part_nap(NAP_MS);
	hist = took("part_nap");
	assert_int_equal(hist.count, 5);
	assert_in_range(hist.sum, 5 * NAP_MS * 1000000, now_ns() - before);
	assert_true(hist.least >= NAP_MS * 1000000);
}

/* Each of the calls inside of each other takes as long as the nap at the bottom. */
static void a_function_that_calls_itself_is_measured_each_time(void **state)
{
	struct skep_hist hist;

	(void)state;
	assert_int_equal(part_factorial(6, NAP_MS), 720);
	hist = took("part_factorial");
	assert_int_equal(hist.count, 6);
	assert_true(hist.least >= NAP_MS * 1000000);
}

static void a_function_that_ends_in_another_is_measured_too(void **state)
{
	uint64_t naps = took("part_nap").count;
	struct skep_hist hist;

	(void)state;
	part_forward(NAP_MS);
	hist = took("part_forward");
	assert_int_equal(hist.count, 1);
	assert_true(hist.least >= NAP_MS * 1000000);
	assert_int_equal(took("part_nap").count, naps + 1);
}

/* The start that has no end is not taken for another's. */
static void a_function_that_is_left_by_a_jump_spoils_no_other(void **state)
{
	struct skep_hist hist;

	(void)state;
	part_around(NAP_MS);
	hist = took("part_around");
	assert_int_equal(hist.count, 1);
	assert_true(hist.least >= NAP_MS * 1000000);
	assert_int_equal(took("part_leave").count, 0);
}

static void a_pattern_that_nothing_fits_is_refused(void **state)
{
	struct skep_link *none = NULL;

	(void)state;
	assert_int_equal(watch(&none, &none, app, LIBRARY, "nothing_*", getpid()), -ENOENT);
	assert_null(none);
}

/* Whether this kernel has uprobes; says so if not. */
static int can_run(void)
{
	const struct skep_finding *finding = skep_kernel_finding(SKEP_CAN_UPROBE);

	if (!geteuid() && finding->answer == SKEP_YES)
		return 1;
	fprintf(stderr, "skipped: %s\n", geteuid() ? "needs root" : finding->why);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(functions_that_fit_are_found_by_name),
		cmocka_unit_test(calls_are_counted_and_measured),
		cmocka_unit_test(a_function_that_calls_itself_is_measured_each_time),
		cmocka_unit_test(a_function_that_ends_in_another_is_measured_too),
		cmocka_unit_test(a_function_that_is_left_by_a_jump_spoils_no_other),
		cmocka_unit_test(a_pattern_that_nothing_fits_is_refused),
	};

	if (!can_run())
		return EXIT_SKIPPED;
	return cmocka_run_group_tests(tests, start, stop);
}
