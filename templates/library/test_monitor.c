/* SPDX-License-Identifier: 0BSD */
/* Makes system calls of known numbers, by the library's own header alone. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include "monitor.h"

#define EXIT_SKIPPED 77

static void calls_of_the_process_are_counted_by_number(void **state)
{
	struct monitor *own = NULL, *other = NULL;

	(void)state;
	if (monitor_start(&own, getpid()) || monitor_start(&other, getpid() + 1))
		fail_msg("%s", monitor_why());
	for (int i = 0; i < 70; i++)
		syscall(SYS_getppid);
	for (int i = 0; i < 7; i++)
		syscall(SYS_getpgid, 0);
	assert_int_equal(monitor_calls(own, SYS_getppid), 70);
	assert_int_equal(monitor_calls(own, SYS_getpgid), 7);
	assert_int_equal(monitor_calls(other, SYS_getppid), 0);
	assert_int_equal(monitor_calls(own, 100000), 0);
	monitor_stop(own);
	monitor_stop(other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(calls_of_the_process_are_counted_by_number),
	};

	if (geteuid()) {
		fprintf(stderr, "skipped: needs root\n");
		return EXIT_SKIPPED;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
