/* SPDX-License-Identifier: 0BSD */
/* Starts programs, and compares: others may start some too, so it counts at least these. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>
#include <skep/skep.h>

#include "count.skep.h"

#define EXIT_SKIPPED 77

static void each_program_that_starts_is_counted(void **state)
{
	SKEP_AUTO(count) *app = NULL;

	(void)state;
	if (count_open(&app, NULL) || count_load(app) || count_attach(app))
		fail_msg("%s", skep_error_last()->message);
	assert_int_equal(system("for i in 1 2 3 4 5 6 7 8 9; do /bin/true; done"), 0);
	assert_in_range(count_bss(app)->started, 10, 10000); /* the shell is one */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_program_that_starts_is_counted),
	};

	if (geteuid()) {
		fprintf(stderr, "skipped: needs root\n");
		return EXIT_SKIPPED;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
