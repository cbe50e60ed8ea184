/* SPDX-License-Identifier: 0BSD */
/* Removes a file of its own, and looks for its name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <skep/skep.h>

#include "unlink.skep.h"

#define EXIT_SKIPPED 77

/* The name without its folder. */
static const char *make_and_remove(char *path)
{
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(unlink(path), 0);
	return strrchr(path, '/') + 1;
}

static void a_file_that_is_removed_is_reported_by_name(void **state)
{
	SKEP_AUTO(unlink) *app = NULL;
	char first[] = "/tmp/unlink-XXXXXX", last[] = "/tmp/unlink-XXXXXX";
	const char *name, *end;
	unlink_events_ring events;
	int err, found = 0;

	(void)state;
	if (unlink_open(&app, NULL) || unlink_load(app) || unlink_open_events(app, &events, NULL) ||
	    unlink_attach(app))
		fail_msg("%s", skep_error_last()->message);
	name = make_and_remove(first);
	end = make_and_remove(last);
	skep_ring_foreach(events, e, 1000, &err) {
		if (!strcmp(e->name, end))
			break; /* what came before it has all been seen */
		if (strcmp(e->name, name))
			continue; /* somebody else's */
		assert_int_equal(e->pid, getpid());
		assert_int_equal(e->result, 0);
		assert_string_equal(e->comm, "test_unlink");
		found++;
	}
	skep_ring_free(events.ring);
	assert_int_equal(err, 0);
	assert_int_equal(found, 1);
}

/* Not every kernel can: the reason is worth more than a failure. */
static int can_run(void)
{
	const struct skep_finding *finding = skep_kernel_finding(SKEP_CAN_KPROBE);

	if (finding->answer == SKEP_YES)
		return 1;
	fprintf(stderr, "skipped: %s\n", finding->why);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_that_is_removed_is_reported_by_name),
	};

	if (!can_run())
		return EXIT_SKIPPED;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
