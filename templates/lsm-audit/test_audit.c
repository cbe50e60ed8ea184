/* SPDX-License-Identifier: 0BSD */
/* Opens a file for writing, and compares what the kernel reported with what this process knows. */
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

#include "audit.skep.h"

#define EXIT_SKIPPED 77

static void make_file(char *template, char path[PATH_BYTES])
{
	int fd = mkstemp(template);

	assert_true(fd >= 0);
	assert_non_null(realpath(template, path));
	close(fd);
	unlink(template);
}

static void an_open_for_writing_is_reported_with_its_path(void **state)
{
	SKEP_AUTO(audit) *app = NULL;
	char template[] = "/tmp/audit-XXXXXX", path[PATH_BYTES];
	char last_template[] = "/tmp/audit-XXXXXX", last[PATH_BYTES];
	audit_events_ring events;
	int found = 0, err;

	(void)state;
	if (audit_open(&app, NULL) || audit_load(app) || audit_open_events(app, &events, NULL) ||
	    audit_attach(app))
		fail_msg("%s", skep_error_last()->message);
	make_file(template, path);
	make_file(last_template, last);
	skep_ring_foreach(events, e, 200, &err) {
		if (!strcmp(e->path, last))
			break; /* what came before it has all been seen */
		if (e->pid != (uint32_t)getpid() || strcmp(e->path, path))
			continue;
		assert_int_equal(e->uid, getuid());
		found++;
	}
	skep_ring_free(events.ring);
	assert_int_equal(err, 0);
	assert_int_equal(found, 1);
}

/* Not every kernel can: the reason is worth more than a failure. */
static int can_run(void)
{
	const struct skep_finding *finding = skep_kernel_finding(SKEP_CAN_LSM);

	if (finding->answer == SKEP_YES)
		return 1;
	fprintf(stderr, "skipped: %s\n", finding->why);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_open_for_writing_is_reported_with_its_path),
	};

	if (!can_run())
		return EXIT_SKIPPED;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
