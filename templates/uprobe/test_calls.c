/* SPDX-License-Identifier: 0BSD */
/* Calls a function of its own, and compares arguments, result and time with what it knows. */
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

#include "calls.skep.h"

#define EXIT_SKIPPED 77

long probed(long a, long b, long c);

__attribute__((noinline)) long probed(long a, long b, long c)
{
	const struct timespec pause = { .tv_nsec = 1000000 };

	nanosleep(&pause, NULL);
	return a + b + c;
}

static void a_call_is_reported_with_arguments_result_and_time(void **state)
{
	SKEP_AUTO(calls) *app = NULL;
	SKEP_AUTO(skep_link) *call = NULL;
	SKEP_AUTO(skep_link) *end = NULL;
	const struct skep_uprobe_opts where = { .sz = sizeof(where),
						.symbol = "probed",
						.pid = getpid() };
	calls_events_ring events;
	int err, found = 0;

	(void)state;
	if (calls_open(&app, NULL) || calls_load(app) || calls_open_events(app, &events, NULL) ||
	    skep_attach_uprobe(&end, calls_program_on_return(app), "/proc/self/exe", &where) ||
	    skep_attach_uprobe(&call, calls_program_on_call(app), "/proc/self/exe", &where))
		fail_msg("%s", skep_error_last()->message);
	assert_int_equal(probed(1, -2, 0x7000000000), 0x7000000000 - 1);
	skep_ring_foreach(events, e, 200, &err) {
		assert_int_equal(e->pid, getpid());
		assert_int_equal(e->tid, syscall(SYS_gettid));
		assert_int_equal(e->arguments[0], 1);
		assert_true(e->arguments[1] == (uint64_t)-2);
		assert_true(e->arguments[2] == 0x7000000000);
		assert_true(e->result == 0x7000000000 - 1);
		assert_in_range(e->took_ns, 1000000, 2000000000);
		found++;
	}
	skep_ring_free(events.ring);
	assert_int_equal(err, 0);
	assert_int_equal(found, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_call_is_reported_with_arguments_result_and_time),
	};

	if (geteuid()) {
		fprintf(stderr, "skipped: needs root\n");
		return EXIT_SKIPPED;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
