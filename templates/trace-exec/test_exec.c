/* SPDX-License-Identifier: 0BSD */
/* Starts a program, and compares what the kernel reported with what this process knows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <skep/skep.h>

#include "exec.skep.h"

#define EXIT_SKIPPED 77

static pid_t run_true(void)
{
	pid_t pid = fork();

	if (!pid) {
		execl("/bin/true", "true", (char *)NULL);
		_exit(127);
	}
	waitpid(pid, NULL, 0);
	return pid;
}

static void an_exec_is_reported_once_with_the_right_values(void **state)
{
	SKEP_AUTO(exec) *app = NULL;
	exec_events_ring events;
	int found = 0, err;
	pid_t pid, last;

	(void)state;
	if (exec_open(&app, NULL) || exec_load(app) || exec_open_events(app, &events, NULL) ||
	    exec_attach(app))
		fail_msg("%s", skep_error_last()->message);
	pid = run_true();
	last = run_true();
	skep_ring_foreach(events, e, 200, &err) {
		if (e->pid == (uint32_t)last)
			break; /* what came before it has all been seen */
		if (e->pid != (uint32_t)pid)
			continue; /* somebody else's */
		assert_int_equal(e->ppid, getpid());
		assert_int_equal(e->uid, getuid());
		assert_string_equal(e->comm, "true");
		found++;
	}
	skep_ring_free(events.ring);
	assert_int_equal(err, 0);
	assert_int_equal(found, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_exec_is_reported_once_with_the_right_values),
	};

	if (geteuid()) {
		fprintf(stderr, "skipped: needs root\n");
		return EXIT_SKIPPED;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
