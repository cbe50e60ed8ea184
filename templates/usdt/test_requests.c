/* SPDX-License-Identifier: 0BSD */
/* Has a probe of its own, made with <skep/usdt.h>, hits it, and compares. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>
#include <skep/skep.h>
#include <skep/usdt.h>

#include "requests.skep.h"

#define EXIT_SKIPPED 77

static void serve(int number, long bytes, const char *name)
{
	SKEP_USDT(example, request, number, bytes, name);
}

static void each_hit_comes_with_the_probes_arguments(void **state)
{
	SKEP_AUTO(requests) *app = NULL;
	SKEP_AUTO(skep_link) *link = NULL;
	static const char name[] = "a name";
	requests_events_ring events;
	int err, found = 0;

	(void)state;
	if (requests_open(&app, NULL) || requests_load(app) ||
	    requests_open_events(app, &events, NULL) ||
	    skep_attach_usdt(&link, requests_program_on_probe(app), "/proc/self/exe", "example",
			     "request", NULL))
		fail_msg("%s", skep_error_last()->message);
	for (int i = 0; i < 3; i++)
		serve(-i, 1L << 40, name);
	skep_ring_foreach(events, e, 200, &err) {
		assert_int_equal(e->pid, getpid());
		assert_int_equal(e->arguments, 3);
		assert_int_equal((int)e->values[0], -found);
		assert_true(e->values[1] == 1UL << 40);
		assert_true(e->values[2] == (uintptr_t)name);
		assert_true(e->values[3] == 0);
		found++;
	}
	skep_ring_free(events.ring);
	assert_int_equal(err, 0);
	assert_int_equal(found, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_hit_comes_with_the_probes_arguments),
	};

	if (geteuid()) {
		fprintf(stderr, "skipped: needs root\n");
		return EXIT_SKIPPED;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
