/* SPDX-License-Identifier: 0BSD */
/* Burns time in a function of its own: most samples of this process have it in their stack. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>
#include <skep/skep.h>

#include "profile.skep.h"
#include "symbols.h"

#define EXIT_SKIPPED 77

static double used(void)
{
	struct rusage r;

	getrusage(RUSAGE_SELF, &r);
	return (double)(r.ru_utime.tv_sec + r.ru_stime.tv_sec) +
	       (double)(r.ru_utime.tv_usec + r.ru_stime.tv_usec) / 1e6;
}

double burn_time(double seconds);

__attribute__((noinline)) double burn_time(double seconds)
{
	double until = used() + seconds;
	volatile unsigned int n = 0;

	while (used() < until)
		for (int i = 0; i < 100000; i++)
			n += 1;
	return until;
}

/* Whether the text of the stack has the function's name. */
static int is_burning(struct profile *app, const struct place *place)
{
	uint64_t stack[127];
	uint32_t depth = 127;
	char text[4096] = "";
	FILE *out;

	if (place->user < 0 || skep_stacks_get(profile_map_stacks(app), place->user, stack, &depth))
		return 0;
	out = fmemopen(text, sizeof(text), "w");
	assert_non_null(out);
	symbols_print(out, stack, depth, (pid_t)place->pid);
	fclose(out);
	return strstr(text, ";burn_time") != NULL;
}

static void samples_are_where_the_time_goes(void **state)
{
	SKEP_AUTO(profile) *app = NULL;
	SKEP_AUTO(skep_link) *link = NULL;
	struct place place;
	uint64_t count, all = 0, burning = 0;
	int err;

	(void)state;
	assert_int_equal(profile_open(&app, NULL), 0);
	profile_consts(app)->only_pid = (uint32_t)getpid();
	if (profile_load(app) ||
	    skep_attach_perf_event(&link, profile_program_on_sample(app),
				   SKEP_OPTS(skep_perf_event_opts, .frequency = 99)))
		fail_msg("%s", skep_error_last()->message);
	burn_time(0.5);
	skep_map_foreach(profile_map_samples(app), &place, &count, &err) {
		assert_int_equal(place.pid, getpid());
		assert_string_equal(place.comm, "test_profile");
		all += count;
		if (is_burning(app, &place))
			burning += count;
	}
	symbols_free();
	assert_int_equal(err, 0);
	/* 99 a second of the time that this process had, more or less. */
	assert_in_range(all, 15, 100);
	assert_in_range(burning, all * 3 / 4, all); /* the kernel had the rest */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(samples_are_where_the_time_goes),
	};

	if (geteuid()) {
		fprintf(stderr, "skipped: needs root\n");
		return EXIT_SKIPPED;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
